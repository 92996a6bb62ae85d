// The stage poststart, and the choice of the stage.
#include <fcntl.h>
#include <linux/capability.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>

#include "common/base/error.h"
#include "common/base/sys.h"
#include "common/base/try_open.h"
#include "common/kit/manifest.h"
#include "hook/container/container.h"
#include "hook/container/privileges.h"
#include "hook/decide/verdict.h"
#include "hook/log/log.h"
#include "hook/stages/stages.h"

namespace rind::hook {
namespace {

// A container with a kit is a builder. The running container may fake /dev/rind: then it only gets
// a host name in its own UTS namespace.
bool is_kit_in(const Root& root) {
  int error = 0;
  const Fd kit =
      try_open(root, UntrustedPath(kit::kDirectory), O_PATH | O_DIRECTORY | O_NOFOLLOW, error);
  if (kit) return sys::mount_place(kit.get(), kit::kDirectory).is_root;
  if (error == ENOENT || error == ENOTDIR || error == ELOOP) return false;
  throw SysError("open", kit::kDirectory, error);
}

bool has_kit(const Container& container) { return is_kit_in(container.open_root()); }

void set_host_name(const Container& container, const std::string& name) {
  if (name.empty()) return;
  container.join_uts_namespace();
  if (::sethostname(name.c_str(), name.size()) != 0) throw_errno("set the host name");
}

// Looks for the kit from the root of the container's mount namespace: its first process may have
// called chroot(2).
bool namespace_has_kit(const Container& container) {
  container.join_mount_namespace();
  const Root root(sys::open(AT_FDCWD, "/", O_PATH | O_DIRECTORY));
  return is_kit_in(root);
}

// Why config.json makes the container a builder; "" when it does not, or when the container has
// ended and its bundle is gone.
std::string reason_after_start(const State& state, const HostPaths& paths, Log& log) {
  Config config;
  try {
    config = read_config(state.bundle);
  } catch (const Error& e) {
    const auto* system = dynamic_cast<const SysError*>(&e);
    if (system == nullptr || system->code() != ENOENT) {
      log.warning(std::string("the hook cannot see whether the container is a builder: ") +
                  e.what());
    }
    return {};
  }
  log.name_container(config);
  const Verdict verdict = judge(paths.policy, state, config, Rules::kOfContainers);
  if (verdict.usable() || verdict.reason.empty()) return verdict.reason;
  // Without a policy prestart refuses builders, so the policy has changed since then.
  log.warning("the policy cannot be used at poststart: " + verdict.trouble);
  return {};
}

void name_host(const Container& container, const State& state, const HostPaths& paths, Log& log) {
  try {
    const Config config = read_config(state.bundle);
    log.name_container(config);
    if (!config.own_uts_namespace || container.shares_uts_namespace()) return;
    const Verdict verdict = judge(paths.policy, state, config, Rules::kOfContainers);
    if (!verdict.usable())
      throw Error("read the policy", verdict.trouble, "run rind-hook check on this host");
    log.open();
    set_host_name(container, verdict.rules().containers.host_name);
  } catch (const Error& e) {
    // A host name is no reason to end a running container.
    container.require_alive();
    log.warning(std::string("the container's host name was not set: ") + e.what());
  }
}

constexpr const char* kCannotSeeKit = "the hook cannot see whether the builder container has a kit";

// Warns about a running builder when the hook cannot look into the container.
void poststart_unseen(const State& state, const HostPaths& paths, const Error& trouble, Log& log) {
  if (reason_after_start(state, paths, log).empty()) return;
  log.warning(std::string(kCannotSeeKit) + ": " + trouble.what());
}

}  // namespace

void poststart(const Container& container, const State& state, const HostPaths& paths, Log& log) {
  bool found = false;
  std::string reason;
  try {
    // The bundle and the root may belong to a user of the container. To look takes one capability;
    // most containers are no builders, and need no more.
    lower_capabilities({CAP_DAC_READ_SEARCH});
    found = has_kit(container);
    if (!found) reason = reason_after_start(state, paths, log);
    if (!found && reason.empty()) return;
    keep_capabilities({CAP_SYS_ADMIN, CAP_SYS_CHROOT, CAP_DAC_READ_SEARCH});
  } catch (const Error& e) {
    container.require_alive();
    return poststart_unseen(state, paths, e, log);
  }
  if (found) return name_host(container, state, paths, log);
  log.open();
  try {
    if (namespace_has_kit(container)) return;
  } catch (const Error& e) {
    container.require_alive();
    return log.warning(std::string(kCannotSeeKit) + ": " + e.what());
  }
  // The process was alive during the whole search, so its root was valid.
  container.require_alive();
  throw Error("isolate the builder container (" + reason + ")",
              "it runs without a kit: the hook did not run at prestart, or ran too late",
              "add the stage prestart to the hook file, and run rind-hook check for this engine");
}

void run_stage(const State& state, const HostPaths& paths, const Prestart& prestart, Log& log) {
  const bool runs = state.status == "running" || state.status == "stopped";
  try {
    std::optional<Container> container;
    try {
      container.emplace(Container::hold(state.pid));
    } catch (const ContainerEnded&) {
      throw;
    } catch (const CannotLook& denied) {
      // prestart could not look into the container either, and has refused builders.
      if (runs) return poststart_unseen(state, paths, denied, log);
      return prestart.unseen(state, paths, denied, log);
    } catch (const Error& e) {
      if (!runs) throw;
      return poststart_unseen(state, paths, e, log);
    }
    try {
      if (runs || (state.status == "created" && container->has_pivoted())) {
        poststart(*container, state, paths, log);
      } else {
        prestart.seen(*container, state, paths, log);
      }
    } catch (const Error&) {
      // If the process is ending, that is why the stage failed.
      container->require_alive();
      throw;
    }
  } catch (const ContainerEnded&) {
    // A short-lived container may end before its poststart hooks run. If it ends before it is
    // started, the runtime reports that.
    if (state.status == "creating") throw;
  }
}

}  // namespace rind::hook
