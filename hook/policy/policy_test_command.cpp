#include "hook/policy/policy_test_command.h"

#include <unistd.h>

#include <cstdio>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/base/remedy.h"
#include "common/base/sys.h"
#include "common/policy/locate.h"
#include "hook/decide/host_policy.h"
#include "hook/policy/expectations.h"

namespace rind::hook {
namespace {

constexpr size_t kTestLimit = 4 * 1024 * 1024;

std::vector<Expectation> judge_file(const std::string& file, const LoadedPolicy& loaded) {
  const Json document = read_json_file(file, kTestLimit);
  try {
    return judge_expectations(JsonObject(document, file), loaded);
  } catch (const JsonError& e) {
    // An error of the policy's has another origin, and is whole already.
    if (e.origin() != file) throw;
    throw Error("read " + place_in(file, e.keys()), e.why(), e.remedy());
  }
}

std::string lines_of(const std::vector<Expectation>& found) {
  std::string lines;
  for (const auto& expectation : found) {
    lines += (expectation.holds ? "ok      " : "failed  ") + printable(expectation.text);
    if (!expectation.holds) lines += ": " + printable(expectation.found);
    lines += "\n";
  }
  return lines;
}

}  // namespace

int policy_test(const PolicyFiles& files, const std::vector<std::string>& tests) {
  constexpr int kFailed = 1, kUnusable = 2;
  size_t all = 0, failed = 0;
  try {
    const LoadedPolicy loaded = load_host_policy(files);
    for (const auto& test : tests) {
      const std::vector<Expectation> found = judge_file(test, loaded);
      sys::write_all(STDOUT_FILENO, lines_of(found), "standard output");
      all += found.size();
      for (const auto& expectation : found) failed += expectation.holds ? 0 : 1;
    }
  } catch (const std::exception& e) {
    std::fprintf(stderr, "rind-hook: %s\n", with_remedy(e, "see rind-hook(1)").c_str());
    return kUnusable;
  }
  const std::string summary = std::to_string(all) + " expectations, " + std::to_string(failed) +
                              (failed == 1 ? " fails\n" : " fail\n");
  sys::write_all(STDOUT_FILENO, summary, "standard output");
  return failed == 0 ? 0 : kFailed;
}

}  // namespace rind::hook
