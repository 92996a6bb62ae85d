// Annotations of an image: they never loosen a policy. A line is NAME=VALUE.
#include "hook/decide/annotations.h"

#include <algorithm>

#include "common/base/json.h"
#include "hook/decide/host_policy.h"
#include "tests/fuzz/property.h"
#include "tests/fuzz/without_patches.h"

namespace rind::fuzz {
namespace {

// A policy with something to choose.
const LoadedPolicy& base() {
  static const LoadedPolicy kBase = [] {
    LoadedPolicy loaded = hook::embedded_policy();
    Json document = *loaded.document;
    document.merge_patch(parse_json(R"({"choices": {"a": {"hide": ["/srv"]}, "b": {}}})", "patch"));
    loaded.policy = parse_policy(document, "patch");
    loaded.document = std::make_shared<Json>(std::move(document));
    return loaded;
  }();
  return kBase;
}

bool has_all(const std::vector<std::string>& all, const std::vector<std::string>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  });
}

}  // namespace

void fuzz_annotations(std::string_view input) {
  hook::Config config;
  for (const auto& line : lines_of(input)) {
    const size_t equals = line.find('=');
    if (equals == std::string::npos) continue;
    // Most of what a fuzzer writes should be Rind's.
    const std::string name = line.substr(0, equals);
    config.annotations[hook::is_own_annotation(name) ? name : "io.rind." + name] =
        line.substr(equals + 1);
  }
  const hook::State state;
  hook::ContainerPolicy found;
  if (!accepts([&] { found = hook::policy_of_container(base(), state, config); })) return;
  const Policy &before = base().policy, &after = found.loaded.policy;
  require(without_patches(parse_policy(*found.loaded.document, "again")) == without_patches(after),
          "the document is the policy");
  const bool chosen = config.annotations.count("io.rind.policy") != 0;
  if (chosen) return;  // it may say anything that the operator offers
  require(has_all(after.hide, before.hide), "no annotation shows what is hidden");
  require(has_all(after.narrow.environment, before.narrow.environment),
          "no annotation gives a variable back");
  require(after.network == before.network || after.network == Network::kNone,
          "no annotation gives a network");
  require(after.leases == before.leases && after.trusted == before.trusted, "the rest stays");
}

}  // namespace rind::fuzz
