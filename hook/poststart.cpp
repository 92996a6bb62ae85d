// poststart, and the choice of the stage.
#include <fcntl.h>
#include <linux/capability.h>
#include <unistd.h>

#include <cerrno>

#include "common/error.h"
#include "common/kit.h"
#include "common/sys.h"
#include "hook/annotations.h"
#include "hook/container.h"
#include "hook/log.h"
#include "hook/privileges.h"
#include "hook/stages.h"

namespace rind::hook {
namespace {

// A container with a kit is a builder. Its rootfs may lie by now: a made-up /dev/rind earns a
// container nothing but a host name in its own UTS namespace.
bool has_kit(const Container& container) {
  try {
    const Root root = container.open_root();
    const Fd kit = root.open(UntrustedPath(kit::kDirectory), O_PATH | O_DIRECTORY | O_NOFOLLOW);
    return sys::mount_place(kit.get(), kit::kDirectory).is_root;
  } catch (const SysError& e) {
    if (e.code() == ENOENT || e.code() == ENOTDIR || e.code() == ELOOP) return false;
    throw;
  }
}

void set_host_name(const Container& container, const std::string& name) {
  if (name.empty()) return;
  container.join_uts_namespace();
  if (::sethostname(name.c_str(), name.size()) != 0) throw_errno("set the host name");
}

}  // namespace

void poststart(const Container& container, const State& state, const HostPaths& paths) {
  // The bundle and the root may belong to an id of the container's.
  keep_capabilities({CAP_SYS_ADMIN, CAP_DAC_READ_SEARCH});
  std::string reason;
  try {
    const Config config = read_config(state.bundle);
    const ContainerPolicy own = policy_of_container(load_policy(paths.policy), state, config);
    if (has_kit(container)) {
      if (config.own_uts_namespace && !container.shares_uts_namespace()) {
        set_host_name(container, own.loaded.policy.containers.host_name);
      }
      return;
    }
    reason = own.reason;
  } catch (const Error& e) {
    // The decision was taken at prestart, which refuses what it cannot decide. What runs now must
    // not be ended for a host name.
    log_warning(std::string("after the start of ") + state.bundle + ": " + e.what());
    return;
  }
  // The process in whose root the kit was looked for may have ended under our eyes.
  container.require_alive();
  if (reason.empty()) return;
  throw Error("isolate the builder container (" + reason + ")",
              "it has been started, and has no kit: the prestart hook did not run, or too late",
              "let the hook file name the stage prestart, for this engine too");
}

void run_stage(const State& state, const HostPaths& paths) {
  const bool runs = state.status == "running" || state.status == "stopped";
  try {
    const Container container = Container::hold(state.pid);
    if (runs || (state.status == "created" && container.has_pivoted())) {
      poststart(container, state, paths);
    } else {
      prestart(container, state, paths);
    }
  } catch (const CannotLook& denied) {
    // prestart could not look either, and refused what is a builder.
    if (!runs) prestart_unseen(state, paths, denied);
  } catch (const ContainerEnded&) {
    // A container that runs `true` may have ended before its poststart hooks. Where it ended before
    // it was started, the runtime notices by itself.
    if (state.status == "creating") throw;
  }
}

}  // namespace rind::hook
