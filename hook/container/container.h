// A container that is being started, held so that nothing can be swapped under us.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "common/base/error.h"
#include "common/base/fd.h"
#include "common/base/resolve.h"
#include "hook/decide/decide.h"

namespace rind::hook {

// The container's process has ended: there is nothing left to isolate.
class ContainerEnded : public Error {
 public:
  ContainerEnded()
      : Error("hold the container", "its process has ended",
              "see why in the output of the engine") {}
};

// stat: /proc/PID/stat. True when the process has begun to end. Pure.
bool is_exiting(const std::string& stat);

// The kernel does not let the hook look into the container's process.
class CannotLook : public Error {
 public:
  // denied: with EACCES.
  explicit CannotLook(const SysError& denied);
};

// Holds the container's first process by a pidfd, and /proc/PID by one descriptor; everything else
// is opened through that descriptor while the pidfd says that the process is still the same one.
class Container {
 public:
  // Opens everything that needs CAP_SYS_PTRACE. Throws ContainerEnded when the process is gone or
  // is ending, CannotLook without that capability.
  static Container hold(pid_t pid);

  // Throws ContainerEnded when the container's process has ended meanwhile, or is ending. An ending
  // process loses its root first, then its namespaces, and milliseconds later its pidfd says so:
  // what failed for it in between is no error.
  void require_alive() const;

  // Throws Error when it shares the hook's own mount namespace, in which nothing may be changed.
  void require_own_mounts() const;

  // True when the container's process has its own root already, so that this is no prestart: until
  // pivot_root it has the runtime's, which is the hook's.
  bool has_pivoted() const;

  // The rootfs at `path` (config.json's root.path), seen through the container's own root, so that
  // no namespace needs to be joined to look at it.
  Root open_rootfs(const std::string& path) const;

  // The root of the container's first process, as it is now (after pivot_root: the container's
  // "/").
  Root open_root() const;

  // The container's root, and one of its users, as the hook's user namespace numbers them. Throw
  // Error where the container's user namespace does not have them.
  HostIds root_ids() const;
  HostIds user_ids(const ProcessUser& user) const;

  // The container's first process, as itself and its own pid namespace know it: its number there
  // (1, unless it joined another container's namespace), and that namespace's inode.
  struct FirstProcess {
    uint64_t pid = 0, pid_namespace = 0;
  };
  FirstProcess first_process() const;

  bool shares_pid_namespace() const { return shares_pid_; }
  bool shares_uts_namespace() const { return shares_uts_; }

  void join_mount_namespace() const;
  // Only children of this process are in the joined pid namespace.
  void join_pid_namespace() const;
  void join_uts_namespace() const;

  // /proc/PID/mountinfo.
  std::string mount_info() const;

 private:
  Container() = default;
  void open_proc();
  bool is_ending() const;
  std::string read(const std::string& file, size_t limit) const;
  std::string id_map(const std::string& file) const;

  Fd pidfd_, proc_, root_, mnt_, pid_, uts_, user_;
  bool shares_mnt_ = false, shares_pid_ = false, shares_uts_ = false, shares_user_ = false;
};

}  // namespace rind::hook
