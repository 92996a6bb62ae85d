#include "hook/check/check_policy.h"

#include <algorithm>
#include <optional>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/policy/locate.h"
#include "hook/decide/host_policy.h"
#include "hook/policy/idle_rules.h"

namespace rind::hook {
namespace {

using Outcome = Finding::State;

constexpr const char* kId = "install.policy";
constexpr const char* kUntilThen = "until then no builder container starts on this host";

// The remedy of an error that refuses every builder.
Finding refused(const Error& e) {
  Finding finding = failed(kId, e);
  const std::string remedy =
      e.remedy().empty() ? "fix that file, or install rind again if it belongs to the package"
                         : e.remedy();
  finding.remedy = remedy + "; " + kUntilThen;
  return finding;
}

// Warns about idle rules that the operator wrote. The defaults serve many images, so that some of
// their rules do nothing beside an operator's.
Findings judge_rules(const LoadedPolicy& loaded, const PolicyFiles& files) {
  std::vector<std::string> last_first = operator_files(files);
  std::reverse(last_first.begin(), last_first.end());
  Findings findings;
  for (const auto& rule : idle_rules(loaded)) {
    const auto place = place_of_value(last_first, rule.path.keys());
    if (!place) continue;
    findings.push_back({Outcome::kWarning, "policy.rules",
                        *place + ": " + rule.path.text() + " " + rule.why, rule.remedy});
  }
  if (findings.empty()) {
    findings.push_back(
        {Outcome::kOk, "policy.rules", "each rule of the operator's files can take effect", ""});
  }
  return findings;
}

}  // namespace

Findings check_policy(const PolicyFiles& files) {
  try {
    const LoadedPolicy loaded = load_host_policy(files);
    std::string found = "version " + loaded.document->at("version").dump() + ": " + files.defaults;
    for (const auto& file : operator_files(files)) found += ", " + file;
    Findings findings = {{Outcome::kOk, kId, found, ""}};
    for (auto& finding : judge_rules(loaded, files)) findings.push_back(std::move(finding));
    return findings;
  } catch (const Error& e) {
    return {refused(e)};
  }
}

}  // namespace rind::hook
