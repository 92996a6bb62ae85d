// prestart: decides whether the container is a builder. Builders are isolated by
// hook/stages/isolate.
#include <fcntl.h>
#include <linux/capability.h>

#include <utility>
#include <vector>

#include "common/base/error.h"
#include "common/base/sys.h"
#include "common/kit/find_seams.h"
#include "hook/container/libmount.h"
#include "hook/container/privileges.h"
#include "hook/decide/decide.h"
#include "hook/decide/host_policy.h"
#include "hook/decide/verdict.h"
#include "hook/log/log.h"
#include "hook/stages/isolate.h"
#include "hook/stages/scripts.h"
#include "hook/stages/stages.h"

namespace rind::hook {
namespace {

// Without a policy no builder can start, but other containers must. A container is refused if the
// built-in defaults, or the readable parts of the policy, make it a builder.
void prestart_without_policy(const Container& container, const Config& config,
                             const Verdict& verdict, Log& log) {
  std::string reason = verdict.reason;
  if (reason.empty()) {
    keep_capabilities({CAP_DAC_READ_SEARCH});
    const SeamRules seams = embedded_policy().policy.seams;
    const Root rootfs = container.open_rootfs(config.root);
    if (!scripts_of(&container, rootfs, seams, config, reason, log).empty()) reason = kSeamReason;
  }
  if (!reason.empty()) throw refusal_without_policy(reason, verdict.trouble);
  log.warning("builder containers are refused: the policy cannot be used: " + verdict.trouble);
}

// Why the container is a builder, without looking into it; "" when nothing makes it one. The hook
// sees the rootfs on the host, but not the container's volumes.
std::string reason_from_outside(const State& state, const Config& config, const HostPaths& paths,
                                Log& log) {
  const Verdict verdict = judge(paths.policy, state, config, Rules::kOfSeams);
  const Policy policy = verdict.usable() ? verdict.rules() : embedded_policy().policy;
  if (!verdict.reason.empty() || !policy.containers.seam) return verdict.reason;
  keep_capabilities({CAP_DAC_READ_SEARCH});
  const Root rootfs(sys::open(AT_FDCWD, config.root, O_PATH | O_DIRECTORY));
  const auto found = scripts_of(nullptr, rootfs, policy.seams, config, verdict.reason, log);
  return found.empty() ? "" : kSeamReason;
}

}  // namespace

void prestart_unseen(const State& state, const HostPaths& paths, const CannotLook& denied,
                     Log& log) {
  const Config config = read_config(state.bundle);
  log.name_container(config);
  const std::string reason = reason_from_outside(state, config, paths, log);
  if (reason.empty()) return;
  log.open();
  throw Error("isolate the builder container (" + reason + ")", denied.why(), denied.remedy());
}

void prestart(const Container& container, const State& state, const HostPaths& paths, Log& log) {
  const Config config = read_config(state.bundle);
  log.name_container(config);
  const Verdict verdict = judge(paths.policy, state, config, Rules::kOfContainers);
  if (!verdict.usable()) return prestart_without_policy(container, config, verdict, log);
  const KitPolicy kit_policy = verdict.for_kit();
  const Policy& policy = kit_policy.policy;
  if (verdict.reason.empty() && !policy.containers.seam) return;

  keep_capabilities(isolating_capabilities(policy, config));
  const Root rootfs = container.open_rootfs(config.root);
  std::vector<FoundSeam> scripts =
      scripts_of(&container, rootfs, policy.seams, config, verdict.reason, log);
  if (verdict.reason.empty() && scripts.empty()) return;  // not a builder: nothing was changed
  const LibMount libmount;
  isolate({container, state, config, kit_policy, rootfs, std::move(scripts),
           verdict.reason.empty() ? kSeamReason : verdict.reason},
          read_mount_tables(container, libmount), paths, libmount, log);
}

}  // namespace rind::hook
