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
#include "common/base/proc.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "hook/container/privileges.h"

namespace rind::hook {
namespace {

// Namespaces are the same when their nsfs inodes are.
bool is_own_namespace(int ns, const std::string& name) {
  const Fd own = sys::open(AT_FDCWD, "/proc/self/ns/" + name, O_RDONLY);
  const struct stat a = sys::stat_fd(own.get(), name);
  const struct stat b = sys::stat_fd(ns, name);
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

constexpr size_t kStatLimit = 4096;

}  // namespace

bool is_exiting(const std::string& stat) {
  // PF_EXITING of the kernel's include/linux/sched.h: set before anything of the process is gone.
  constexpr unsigned long kExiting = 0x4;
  constexpr size_t kFlags = 7;  // behind the name: state, ppid, pgrp, session, tty, tpgid, flags
  // The name is the process's own choice; it ends at the last parenthesis.
  const size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return false;
  const auto fields = split(stat.substr(name_end + 1), ' ');
  if (fields.size() <= kFlags) return false;
  return (std::strtoul(fields[kFlags].c_str(), nullptr, 10) & kExiting) != 0;
}

namespace {

// crun makes the container's process undumpable: what it has open is root's with CAP_SYS_PTRACE. An
// engine that runs in a container is root, but has no such capability by itself.
std::string remedy_for_access() {
  if (has_capability(CAP_SYS_PTRACE)) {
    return "see which security module denies it: journalctl -t audit";
  }
  return "the hook lacks CAP_SYS_PTRACE: if the engine runs in a container, start that one with "
         "--cap-add SYS_PTRACE";
}

}  // namespace

CannotLook::CannotLook(const SysError& denied)
    : Error("look into the container", "/proc/PID: " + std::string(denied.what()),
            remedy_for_access()) {}

Container Container::hold(pid_t pid) {
  Container c;
  try {
    c.pidfd_ = sys::pidfd_open(pid);
  } catch (const SysError& e) {
    // The hook is the runtime's child and in its pid namespace: the number means the same to both.
    if (e.code() == ESRCH) throw ContainerEnded();
    throw;
  }
  try {
    c.open_proc();
  } catch (const SysError& e) {
    // What is left of an ending process in /proc gives ENOENT, ESRCH or EACCES.
    c.require_alive();
    if (e.code() == EACCES) throw CannotLook(e);
    throw;
  }
  // The pid was not reused between pidfd_open and the opens.
  c.require_alive();
  return c;
}

void Container::open_proc() {
  // Where /proc is that of a pid namespace outside, `pid` is another process there.
  proc_ = sys::open(AT_FDCWD, sys::proc_directory(pidfd_.get()), O_PATH | O_DIRECTORY | O_NOFOLLOW);
  struct statfs fs = {};
  if (::fstatfs(proc_.get(), &fs) != 0) throw_errno("statfs", "/proc");
  if (fs.f_type != PROC_SUPER_MAGIC) throw Error("hold the container", "/proc is not procfs");

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
  throw Error("isolate the builder container", "its process is in the host's mount namespace",
              "start it with a mount namespace of its own");
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
    // It has been waited for since.
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
  // In the hook's own user namespace the map would be shown as the parent's.
  if (shares_user_) return {};
  const auto uid = outside_root(id_map("uid_map"));
  const auto gid = outside_root(id_map("gid_map"));
  if (!uid || !gid) throw Error("hold the container", "its user namespace has no id map");
  return {*uid, *gid};
}

HostIds Container::user_ids(const ProcessUser& user) const {
  if (shares_user_) return {user.uid, user.gid};
  const auto uid = outside_id(id_map("uid_map"), user.uid);
  const auto gid = outside_id(id_map("gid_map"), user.gid);
  if (!uid || !gid) {
    throw Error(
        "find the container's user on the host",
        std::to_string(user.uid) + ":" + std::to_string(user.gid) + " is not in its user namespace",
        "start it as a user whom its --uidmap and --gidmap have");
  }
  return {*uid, *gid};
}

Container::FirstProcess Container::first_process() const {
  constexpr size_t kStatusLimit = 64 * 1024;
  FirstProcess first;
  first.pid_namespace = sys::stat_fd(pid_.get(), "/proc/PID/ns/pid").st_ino;
  for (const auto& line : split(read("status", kStatusLimit), '\n')) {
    // One number a namespace, the process's own last.
    if (line.rfind("NSpid:", 0) != 0) continue;
    first.pid = std::strtoull(split(line, '\t').back().c_str(), nullptr, 10);
  }
  if (first.pid == 0) throw Error("hold the container", "/proc/PID/status has no NSpid");
  return first;
}

std::string Container::mount_info() const {
  constexpr size_t kMountInfoLimit = 64 * 1024 * 1024;
  return read("mountinfo", kMountInfoLimit);
}

void Container::join_mount_namespace() const { sys::set_namespace(mnt_.get(), CLONE_NEWNS, "mnt"); }
void Container::join_pid_namespace() const { sys::set_namespace(pid_.get(), CLONE_NEWPID, "pid"); }
void Container::join_uts_namespace() const { sys::set_namespace(uts_.get(), CLONE_NEWUTS, "uts"); }

}  // namespace rind::hook
