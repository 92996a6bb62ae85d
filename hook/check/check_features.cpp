// Tries the kernel features that a step needs.
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <functional>

#include "common/base/error.h"
#include "common/base/mount.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "hook/check/check_kernel.h"
#include "hook/container/privileges.h"

namespace rind::hook {
namespace {

using Outcome = Finding::State;

// Reports one result of the child as a line: "ID", or "ID\tWHY" after an Error.
void try_out(int report, const std::string& id, const std::function<void()>& attempt) {
  std::string line = id;
  try {
    attempt();
  } catch (const Error& e) {
    line += std::string("\t") + e.what();
  }
  sys::write_all(report, line + "\n", "report");
}

void write_file(const std::string& path, const std::string& text) {
  const Fd file = sys::open(AT_FDCWD, path, O_WRONLY);
  sys::write_all(file.get(), text, path);
}

// Maps only the calling user to itself: this needs no capability.
void enter_user_namespace() {
  const std::string uid = std::to_string(::geteuid()), gid = std::to_string(::getegid());
  if (::unshare(CLONE_NEWUSER) != 0) throw_errno("make a user namespace");
  write_file("/proc/self/setgroups", "deny");
  write_file("/proc/self/uid_map", uid + " " + uid + " 1");
  write_file("/proc/self/gid_map", gid + " " + gid + " 1");
}

void enter_other_namespaces() {
  if (::unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET) != 0) {
    throw_errno("make namespaces");
  }
}

// Tries each kind of mount of a step's root, on a tmpfs on /tmp in this mount namespace.
void try_mounts(int report) {
  try_out(report, "kernel.mount_setattr", [] { mnt::seal_root(mnt::kReadOnly | mnt::kNoSuid); });
  try_out(report, "kernel.open_tree",
          [] { mnt::clone_tree(sys::open(AT_FDCWD, "/", O_PATH | O_DIRECTORY).get(), true, "/"); });
  try_out(report, "kernel.fsopen", [] {
    mnt::make("tmpfs", {{"mode", "0755"}}, mnt::kNoSuid | mnt::kNoDev);
  });
  try_out(report, "kernel.move_mount", [] {
    const Fd tree = mnt::make("tmpfs", {{"mode", "0755"}}, mnt::kNoSuid | mnt::kNoDev);
    for (const char* name : {"lower", "upper", "work", "merged", "proc"}) {
      sys::make_directory(tree.get(), name, 0755);
    }
    mnt::attach(tree.get(), sys::open(AT_FDCWD, "/tmp", O_PATH | O_DIRECTORY).get(), "/tmp");
  });
  try_out(report, "kernel.overlay", [] {
    const Fd overlay = mnt::make("overlay",
                                 {{"lowerdir", "/tmp/lower"},
                                  {"upperdir", "/tmp/upper"},
                                  {"workdir", "/tmp/work"},
                                  {"userxattr", ""}},
                                 mnt::kNoSuid | mnt::kNoDev);
    const Fd place = sys::open(AT_FDCWD, "/tmp/merged", O_PATH | O_DIRECTORY);
    mnt::attach(overlay.get(), place.get(), "/tmp/merged");
  });
  try_out(report, "kernel.proc", [] {
    mnt::make("proc", {}, mnt::kReadOnly | mnt::kNoSuid | mnt::kNoDev | mnt::kNoExec);
  });
}

void try_calls(int report) {
  try_out(report, "kernel.openat2", [] {
    sys::open2(AT_FDCWD, "/", O_PATH | O_DIRECTORY, RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
  });
  try_out(report, "kernel.pidfd_open", [] { sys::pidfd_open(::getpid()); });
  try_out(report, "kernel.close_range",
          [report] { sys::close_from(static_cast<unsigned>(report) + 1); });
  try_out(report, "kernel.seccomp", [] {
    struct sock_filter allow = {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};
    struct sock_fprog program = {1, &allow};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) {
      throw_errno("install a seccomp filter");
    }
  });
}

// Keeps podman's default capabilities, those of a container's root.
void keep_container_capabilities() {
  keep_capabilities({CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID, CAP_KILL,
                     CAP_NET_BIND_SERVICE, CAP_SETFCAP, CAP_SETGID, CAP_SETPCAP, CAP_SETUID,
                     CAP_SYS_CHROOT});
}

// A procfs shows the pid namespace of the process that mounts it, so a child in the new pid
// namespace tries the mounts and calls.
void try_everything(int report) {
  bool inside = false;
  try_out(report, "kernel.user_namespace", [&] {
    keep_container_capabilities();
    enter_user_namespace();
    inside = true;
  });
  if (!inside) return;
  inside = false;
  try_out(report, "kernel.namespaces", [&] {
    enter_other_namespaces();
    inside = true;
  });
  if (!inside) return;
  const pid_t child = ::fork();
  if (child < 0) throw_errno("fork");
  if (child > 0) {
    sys::wait_for(child);
    return;
  }
  // The alarm kills only the parent: this child is pid 1 of another namespace.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  try_mounts(report);
  try_calls(report);
  ::_exit(0);
}

constexpr const char* kFeatures[] = {
    "kernel.user_namespace", "kernel.namespaces", "kernel.mount_setattr", "kernel.open_tree",
    "kernel.fsopen",         "kernel.move_mount", "kernel.overlay",       "kernel.proc",
    "kernel.openat2",        "kernel.pidfd_open", "kernel.close_range",   "kernel.seccomp"};

Finding judge_feature(const std::string& id, const std::vector<std::string>& lines) {
  for (const auto& line : lines) {
    if (line == id) return {Outcome::kOk, id, "works", ""};
    if (!line.starts_with(id + "\t")) continue;
    const std::string why = line.substr(id.size() + 1);
    if (id == "kernel.overlay") {
      return {Outcome::kWarning, id, why,
              "cow views become private or are refused, as \"fallback\" in the policy says"};
    }
    if (id == "kernel.proc") {
      return {Outcome::kWarning, id, why,
              "mounts cover parts of this host's /proc; builders have the kit's anchor for this "
              "case: run `rind check` in a builder"};
    }
    return {Outcome::kFailed, id, why,
            "check the settings above; Rind needs Linux 5.14 or newer with user namespaces"};
  }
  return {Outcome::kUnknown, id, "not tried, because an earlier check failed", ""};
}

}  // namespace

Findings check_features() {
  sys::Pipe report = sys::make_pipe();
  const pid_t child = ::fork();
  if (child < 0) throw_errno("fork");
  if (child == 0) {
    constexpr unsigned kSeconds = 20;
    ::alarm(kSeconds);
    int status = 0;
    try {
      try_everything(report.write_end.get());
    } catch (const std::exception&) {
      status = 1;
    }
    ::_exit(status);
  }
  report.write_end.reset();
  constexpr size_t kLimit = 64 * 1024;
  const auto lines = split(sys::read_all(report.read_end.get(), kLimit, "the probe"), '\n');
  sys::wait_for(child);
  Findings findings;
  for (const char* id : kFeatures) findings.push_back(judge_feature(id, lines));
  return findings;
}

}  // namespace rind::hook
