#include "hook/container/container.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <cerrno>
#include <cstdlib>

#include "common/base/error.h"
#include "common/base/own_identity.h"
#include "common/base/proc.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "hook/container/privileges.h"

namespace rind::hook {
namespace {

// Two namespaces are the same when their nsfs inodes are.
bool is_own_namespace(int ns, const std::string& name) {
  const std::string own = "/proc/self/ns/" + name;
  struct stat a = {};
  if (::stat(own.c_str(), &a) != 0) throw_errno("stat", own);
  const struct stat b = sys::stat_fd(ns, name);
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

constexpr size_t kStatLimit = 4096;

}  // namespace

bool is_exiting(const std::string& stat) {
  // PF_EXITING in the kernel's include/linux/sched.h: set before the process loses any resource.
  constexpr unsigned long kExiting = 0x4;
  constexpr size_t kFlags = 7;  // after the name: state, ppid, pgrp, session, tty, tpgid, flags
  // The process chooses its name, which may contain parentheses: it ends at the last one.
  const size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return false;
  const auto fields = split(stat.substr(name_end + 1), ' ');
  if (fields.size() <= kFlags) return false;
  return (std::strtoul(fields[kFlags].c_str(), nullptr, 10) & kExiting) != 0;
}

namespace {

// crun makes the container's process undumpable: only root with CAP_SYS_PTRACE can open its files.
// An engine that runs in a container is root but lacks this capability by default.
std::string remedy_for_access() {
  if (has_capability(CAP_SYS_PTRACE)) {
    return "find the security module that denies it: journalctl -t audit";
  }
  return "the hook lacks CAP_SYS_PTRACE: if the engine runs in a container, start that container "
         "with --cap-add SYS_PTRACE";
}

}  // namespace

CannotLook::CannotLook(const SysError& denied)
    : Error("inspect the container", "/proc/PID: " + std::string(denied.what()),
            remedy_for_access()) {}

Container Container::hold(pid_t pid) {
  Container c;
  try {
    c.pidfd_ = sys::pidfd_open(pid);
  } catch (const SysError& e) {
    // The hook and the runtime are in the same pid namespace, so `pid` is valid here.
    if (e.code() == ESRCH) throw ContainerEnded();
    throw;
  }
  try {
    c.open_proc();
  } catch (const SysError& e) {
    // Opening /proc files of an ending process fails with ENOENT, ESRCH or EACCES.
    c.require_alive();
    if (e.code() == EACCES) throw CannotLook(e);
    throw;
  }
  // This proves that the pid was not reused between pidfd_open and the opens.
  c.require_alive();
  return c;
}

void Container::open_proc() {
  // /proc may belong to an outer pid namespace, where `pid` is another process.
  proc_ = sys::open(AT_FDCWD, sys::proc_directory(pidfd_.get()), O_PATH | O_DIRECTORY | O_NOFOLLOW);
  struct statfs fs = {};
  if (::fstatfs(proc_.get(), &fs) != 0) throw_errno("statfs", "/proc");
  if (fs.f_type != PROC_SUPER_MAGIC)
    throw Error("inspect the container", "/proc is not a procfs",
                "mount a procfs on this host's /proc");

  root_ = sys::open(proc_.get(), "root", O_PATH | O_DIRECTORY);
  mnt_ = sys::open(proc_.get(), "ns/mnt", O_RDONLY);
  pid_ = sys::open(proc_.get(), "ns/pid", O_RDONLY);
  uts_ = sys::open(proc_.get(), "ns/uts", O_RDONLY);
  user_ = sys::open(proc_.get(), "ns/user", O_RDONLY);
  shares_pid_ = is_own_namespace(pid_.get(), "pid");
  shares_uts_ = is_own_namespace(uts_.get(), "uts");
  shares_user_ = is_own_namespace(user_.get(), "user");
  shares_mnt_ = is_own_namespace(mnt_.get(), "mnt");
}

void Container::require_own_mounts() const {
  if (!shares_mnt_) return;
  throw Error("isolate the builder container", "it shares the host's mount namespace",
              "start it with its own mount namespace");
}

bool Container::has_pivoted() const {
  const Fd own = sys::open(AT_FDCWD, "/", O_PATH | O_DIRECTORY);
  const struct stat a = sys::stat_fd(own.get(), "/");
  const struct stat b = sys::stat_fd(root_.get(), "the container's root");
  return a.st_dev != b.st_dev || a.st_ino != b.st_ino;
}

void Container::require_alive() const {
  if (!sys::pidfd_alive(pidfd_.get()) || is_ending()) throw ContainerEnded();
}

bool Container::is_ending() const {
  if (!proc_) return false;
  try {
    return is_exiting(read("stat", kStatLimit));
  } catch (const SysError& e) {
    // The process has been reaped.
    return e.code() == ESRCH || e.code() == ENOENT;
  }
}

Root Container::open_rootfs(const std::string& path) const {
  return Root(
      sys::open2(root_.get(), path, O_PATH | O_DIRECTORY, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS));
}

Root Container::open_root() const {
  return Root(sys::open(root_.get(), ".", O_PATH | O_DIRECTORY));
}

std::string Container::read(const std::string& file, size_t limit) const {
  const Fd fd = sys::open(proc_.get(), file, O_RDONLY);
  return sys::read_all(fd.get(), limit, "/proc/PID/" + file);
}

std::string Container::id_map(const std::string& file) const {
  constexpr size_t kMapLimit = 64 * 1024;
  return read(file, kMapLimit);
}

HostIds Container::root_ids() const {
  // For a shared user namespace, the kernel would show the map relative to the parent namespace.
  if (shares_user_) return {};
  const auto uid = outside_root(id_map("uid_map"));
  const auto gid = outside_root(id_map("gid_map"));
  if (!uid || !gid)
    throw Error("inspect the container", "its user namespace has no id map",
                "start the container again: its runtime ended early");
  return {*uid, *gid};
}

HostIds Container::user_ids(const ProcessUser& user) const {
  if (shares_user_) return {user.uid, user.gid};
  const auto uid = outside_id(id_map("uid_map"), user.uid);
  const auto gid = outside_id(id_map("gid_map"), user.gid);
  if (!uid || !gid) {
    throw Error("find the host's ids of the container's user",
                "its user namespace does not map " + std::to_string(user.uid) + ":" +
                    std::to_string(user.gid),
                "start it as a user that its --uidmap and --gidmap contain");
  }
  return {*uid, *gid};
}

std::vector<unsigned> Container::lease_ids(uint64_t first, uint64_t count, size_t most) const {
  std::vector<unsigned> ids = rind::lease_ids(parse_id_map(id_map("uid_map")),
                                              parse_id_map(id_map("gid_map")), first, count);
  if (ids.size() > most) ids.resize(most);
  return ids;
}

Container::FirstProcess Container::first_process() const {
  constexpr size_t kStatusLimit = 64 * 1024;
  FirstProcess first;
  first.pid_namespace = sys::stat_fd(pid_.get(), "/proc/PID/ns/pid").st_ino;
  for (const auto& line : split(read("status", kStatusLimit), '\n')) {
    // One pid for each namespace, the process's own namespace last.
    if (line.rfind("NSpid:", 0) != 0) continue;
    first.pid = std::strtoull(split(line, '\t').back().c_str(), nullptr, 10);
  }
  if (first.pid == 0)
    throw Error("inspect the container", "/proc/PID/status has no line NSpid",
                "use Linux 5.14 or newer, with pid namespaces");
  return first;
}

std::string Container::mount_info() const { return read("mountinfo", kMountInfoLimit); }

void Container::join_mount_namespace() const { sys::set_namespace(mnt_.get(), CLONE_NEWNS, "mnt"); }
void Container::join_pid_namespace() const { sys::set_namespace(pid_.get(), CLONE_NEWPID, "pid"); }
void Container::join_uts_namespace() const { sys::set_namespace(uts_.get(), CLONE_NEWUTS, "uts"); }

}  // namespace rind::hook
