#include "helper/plan_call.h"

#include <unistd.h>

#include <utility>

#include "common/base/error.h"
#include "helper/facts/gather.h"
#include "helper/facts/guard.h"
#include "helper/facts/paths.h"
#include "helper/plan/told_rules.h"
#include "helper/record/fill_record.h"
#include "helper/record/record.h"
#include "helper/script_shell.h"
#include "helper/supervisor/chown_probe.h"

namespace rind {
namespace {

// The policy of the call, and the names of the rules in it. Most calls have the container's.
std::shared_ptr<const Policy> policy_of(const Kit& kit, const Call& call,
                                        const CallFacts& call_facts, bool allow_network,
                                        std::vector<std::string>& applied) {
  const bool installs = call.by_interpreter && call.installs;
  applied = installs ? std::vector<std::string>{"seams.interpreter.installs"}
                     : rules_for_step(*kit.policy, package_of(call_facts),
                                      call.hook ? call.hook->hook : "");
  if (applied.empty() && !allow_network) return kit.policy;
  Policy policy = installs          ? policy_for_install(kit.document())
                  : applied.empty() ? *kit.policy
                                    : policy_with_rules(kit.document(), applied);
  // It may run a package's code.
  if (installs && needs_no_index(call.python)) policy.network = Network::kNone;
  if (allow_network) policy.network = Network::kContainer;
  return std::make_shared<const Policy>(std::move(policy));
}

Planned make_planned(const Kit& kit, const Call& call, const RunOptions& options) {
  const KnownDirectories known;
  const CallFacts call_facts = gather_call_facts(call, kit.manifest, *kit.policy);
  std::vector<std::string> applied;
  const std::shared_ptr<const Policy> chosen =
      policy_of(kit, call, call_facts, options.allow_network, applied);
  const Policy& policy = *chosen;
  require_no_shadow(kit.manifest, call_facts, policy.guarded_tools);
  if (!call_facts.front_ends_env) require_own_interpreters(kit.manifest, call_facts.virtual_env);

  Planned planned;
  planned.step = recognise(policy, call, call_facts, options.always_step);
  planned.executable = call_facts.found_at;
  if (!planned.step) return planned;
  Facts facts = gather_facts(policy, kit.manifest, call, call_facts, *planned.step, options.extra);
  if (options.replace_policy) facts.top_level = gather_top_level();
  const auto make = [&] {
    planned.plan = make_plan(policy, call, call_facts, *planned.step, facts, options.extra,
                             options.replace_policy);
  };
  make();
  facts.no_chown = obstacle_to_lending(planned.plan);
  if (!facts.no_chown.empty()) make();
  // A person sees what it does, and has `rind why`.
  if (options.by_hand || options.drop_outputs) planned.plan.limits.traced_rerun = 0;
  if (options.inside_root) planned.plan.inner_uid = planned.plan.inner_gid = 0;
  if (!options.script.empty()) {
    planned.plan.starter = script_starter(options.script, planned.plan.environment);
    const std::string note = planned.plan.starter.empty()
                                 ? std::string()
                                 : told_in_vain_of(planned.plan, facts, "BASH_ENV");
    if (!note.empty()) planned.plan.withheld.push_back("the settings of BASH_ENV: " + note);
  }
  planned.plan.rules = std::move(applied);
  planned.policy = chosen;
  return planned;
}

}  // namespace

std::vector<std::string> current_environment() {
  std::vector<std::string> out;
  for (char** entry = ::environ; *entry != nullptr; ++entry) out.emplace_back(*entry);
  return out;
}

Planned plan_call(const Kit& kit, const Call& call, const RunOptions& options) {
  try {
    return make_planned(kit, call, options);
  } catch (const Error& e) {
    if (!options.asks_only) {
      RecordFile record = RecordFile::open(kit.policy->record);
      record.append_quietly(record_of_refusal(kit.manifest, call, e));
    }
    throw;
  }
}

}  // namespace rind
