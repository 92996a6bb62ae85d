// Variables of a step. A line is NAME=VALUE.
#include "helper/plan/environment.h"

#include <cstring>

#include "common/kit/entry.h"
#include "helper/plan/git_settings.h"
#include "hook/decide/host_policy.h"
#include "tests/fuzz/property.h"

namespace rind::fuzz {

void fuzz_environment(std::string_view input) {
  static const Policy policy = hook::embedded_policy().policy;
  std::vector<std::string> entries = lines_of(input);
  constexpr const char* kToken = "ghp_0123456789abcdefghijABCDEFGHIJ012345";
  // One that is a part of a longer word is no token.
  if (input.find(kToken + 4) != std::string_view::npos) return;
  entries.push_back("SOME_FLAGS=-DX=" + std::string(kToken) + " " + line_at(entries, 0));
  const auto decisions =
      decide_environment(policy.environment, entries, [](const auto&, const auto& value) {
        return value.size() % 2 == 0 ? VariableOrigin::kStep : VariableOrigin::kContainer;
      });
  require(decisions.size() == entries.size(), "each variable is decided");
  for (const auto& decision : decisions) {
    if (!decision.kept) continue;
    const bool function = decision.name.starts_with("BASH_FUNC_") && decision.name.ends_with("%%");
    const std::string name =
        decision.name.substr(0, decision.name.size() - (function ? std::strlen("%%") : 0));
    require(!name.empty() && name.find_first_of("= \t%()") == std::string::npos,
            "only plain names and exported functions are kept");
    require(decision.name == "SOME_FLAGS" ? decision.value.find(kToken) == std::string::npos : true,
            "no token is kept");
  }
  not_given(decisions);
  withheld_for_step(decisions);
  for (const auto& entry : narrowed_environment(policy.narrow.environment, entries)) {
    require(!kit::is_dropped(policy.narrow.environment, entry), "what is dropped is dropped");
  }
  add_git_settings(entries);
}

}  // namespace rind::fuzz
