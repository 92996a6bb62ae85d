#include "helper/run.h"

#include <sys/wait.h>
#include <unistd.h>

#include "helper/gather.h"
#include "helper/outputs.h"
#include "helper/sandbox.h"
#include "helper/signals.h"

namespace rind {

std::vector<std::string> current_environment() {
  std::vector<std::string> out;
  for (char** entry = ::environ; *entry != nullptr; ++entry) out.emplace_back(*entry);
  return out;
}

Planned plan_call(const Kit& kit, const Call& call, const std::vector<ExtraView>& extra,
                  bool always_step) {
  const CallFacts call_facts = gather_call_facts(call, kit.manifest);
  Planned planned;
  planned.step = recognise(kit.policy, call, call_facts, always_step);
  planned.executable = call_facts.found_at;
  if (!planned.step) return planned;
  const Facts facts = gather_facts(kit.policy, kit.manifest, call, &*planned.step);
  planned.plan = make_plan(kit.policy, call, call_facts, *planned.step, facts, extra);
  return planned;
}

int run_step(const Planned& planned) {
  make_missing_outputs(*planned.step);
  const int status = run_sandboxed(planned.plan);
  if (WIFSIGNALED(status)) die_by(WTERMSIG(status));
  return WEXITSTATUS(status);
}

}  // namespace rind
