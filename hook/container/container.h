// A container that is being started, held by descriptors so that no process can exchange it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/error.h"
#include "common/base/fd.h"
#include "common/base/resolve.h"
#include "hook/decide/decide.h"

namespace rind::hook {

// The container's first process has ended: there is nothing left to isolate.
class ContainerEnded : public Error {
 public:
  ContainerEnded()
      : Error("inspect the container", "its first process has ended",
              "read the engine's output to see why") {}
};

// stat: /proc/PID/stat. True when the process has begun to end. Pure.
bool is_exiting(const std::string& stat);

// The kernel does not let the hook look into the container's first process.
class CannotLook : public Error {
 public:
  // denied: with EACCES.
  explicit CannotLook(const SysError& denied);
};

// Holds the container's first process by a pidfd, and its /proc/PID by one descriptor. All other
// files are opened through that descriptor; the pidfd ensures that the pid was not reused.
class Container {
 public:
  // Opens all files that need CAP_SYS_PTRACE. Throws ContainerEnded when the process has ended or
  // is ending, CannotLook without that capability.
  static Container hold(pid_t pid);

  // Throws ContainerEnded when the container's first process has ended or is ending. An ending
  // process loses its root, then its namespaces, and only milliseconds later its pidfd reports the
  // end. Call this after a failure: a failure caused by the end is not an error.
  void require_alive() const;

  // Throws Error when the container shares the hook's mount namespace: the hook must not mount
  // anything there.
  void require_own_mounts() const;

  // True when the container's first process has its own root, so that prestart is over. Until
  // pivot_root(2) it has the root of the runtime, which is also the hook's.
  bool has_pivoted() const;

  // The rootfs at `path` (config.json's root.path), opened through the container's root: this works
  // without joining a namespace.
  Root open_rootfs(const std::string& path) const;

  // The current root of the container's first process (after pivot_root: the container's "/").
  Root open_root() const;

  // The ids of the container's root, and of one of its users, in the hook's user namespace. Throw
  // Error when the container's user namespace does not map them.
  HostIds root_ids() const;
  HostIds user_ids(const ProcessUser& user) const;

  // The ids of `count` leases, but of the first `most` only, as the container numbers them
  // (common/base/own_identity.h).
  std::vector<unsigned> lease_ids(uint64_t first, uint64_t count, size_t most) const;

  // The container's first process: its pid in its own pid namespace (1, unless it joined another
  // container's namespace), and the inode of that namespace.
  struct FirstProcess {
    uint64_t pid = 0, pid_namespace = 0;
  };
  FirstProcess first_process() const;

  bool shares_pid_namespace() const { return shares_pid_; }
  bool shares_uts_namespace() const { return shares_uts_; }

  void join_mount_namespace() const;
  // Affects only later children of this process (setns(2)).
  void join_pid_namespace() const;
  void join_uts_namespace() const;

  static constexpr size_t kMountInfoLimit = 64 * 1024 * 1024;
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
