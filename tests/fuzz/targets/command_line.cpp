// A call of an interpreter or a script: a build hook is never trusted. Lines: the words.
#include "common/base/error.h"
#include "helper/step/call.h"
#include "helper/step/call_paths.h"
#include "helper/step/step.h"
#include "hook/decide/host_policy.h"
#include "tests/fuzz/property.h"

namespace rind::fuzz {

void fuzz_command_line(std::string_view input) {
  static const Policy policy = hook::embedded_policy().policy;
  const std::vector<std::string> words = lines_of(input);
  const Call call(words, {"PATH=/bin", "HOME=/root"}, words.size() % 2 == 0);
  constexpr size_t kMostPaths = 256;
  require(call_paths(call, "").size() <= kMostPaths, "paths are limited");
  named_paths(call.python);
  relative_paths(call.python);
  needs_no_index(call.python);
  names_sources(call.python);
  runs_setup_py(call.python);
  installs_by_setup_py(call.python);
  is_listed(policy.seams.refused_calls, call.python);
  CallFacts facts;
  facts.cwd = "/srv/factory/a-1/a-1";
  facts.executable = facts.found_at = words[0];
  facts.by_interpreter = call.by_interpreter;
  facts.tool_directories = {"/usr/bin"};
  for (const bool always : {false, true}) {
    std::optional<Step> step;
    if (!accepts([&] { step = recognise(policy, call, facts, always); })) continue;
    require(step || !always, "rind run trusts nothing");
    require(step || !call.hook, "a build hook is never trusted");
    require(step || !call.installs, "an install is never trusted");
    if (step && call.hook)
      require(step->kind == Step::Kind::kHook && step->hook == call.hook->hook, "a hook is a hook");
  }
}

}  // namespace rind::fuzz
