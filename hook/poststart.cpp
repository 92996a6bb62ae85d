#include <fcntl.h>
#include <linux/capability.h>
#include <linux/openat2.h>
#include <unistd.h>

#include <cerrno>

#include "common/error.h"
#include "common/kit.h"
#include "common/sys.h"
#include "hook/container.h"
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

}  // namespace

void poststart(const State& state, const HostPaths& paths) {
  try {
    const Container container = Container::hold(state.pid);
    keep_capabilities({CAP_SYS_ADMIN});
    if (!has_kit(container) || container.shares_uts_namespace()) return;
    const Json document = load_policy(paths.policy);
    const std::string name =
        parse_policy(document, paths.policy.directory).containers.host_name;
    if (name.empty()) return;
    container.join_uts_namespace();
    if (::sethostname(name.c_str(), name.size()) != 0) throw_errno("set the host name");
  } catch (const SysError& e) {
    // A container that runs `true` may have ended before its poststart hooks.
    if (e.code() == ESRCH || e.code() == ENOENT) return;
    throw;
  }
}

}  // namespace rind::hook
