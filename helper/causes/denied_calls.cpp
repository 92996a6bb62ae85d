#include "helper/causes/denied_calls.h"

#include <linux/capability.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <iterator>

#include "common/base/json.h"
#include "common/base/text.h"

namespace rind {
namespace {

constexpr int kNoCapability = -1;

// Calls that the seccomp filter denies (helper/pid1/filter/rules.h), or that need more than the one
// uid of a step.
struct Known {
  const char* name;
  int capability;  // what the builder needs for it
  const char* action;
  bool weak;
  bool by_kernel = false;  // the filter lets it pass
};
constexpr Known kKnown[] = {
    {"unshare", kNoCapability, "make a namespace", false},
    {"clone", kNoCapability, "make a namespace", false},
    {"setns", CAP_SYS_ADMIN, "join a namespace", false},
    {"mount", CAP_SYS_ADMIN, "mount", false},
    {"umount", CAP_SYS_ADMIN, "unmount", false},
    {"open_tree", CAP_SYS_ADMIN, "mount", false},
    {"move_mount", CAP_SYS_ADMIN, "mount", false},
    {"fsopen", CAP_SYS_ADMIN, "mount", false},
    {"mount_setattr", CAP_SYS_ADMIN, "mount", false},
    {"chroot", CAP_SYS_CHROOT, "change its root", false},
    {"pivot_root", CAP_SYS_ADMIN, "change its root", false},
    {"name_to_handle_at", kNoCapability, "get a file handle", true},
    {"open_by_handle_at", CAP_DAC_READ_SEARCH, "open a file handle", false},
    {"keyctl", kNoCapability, "use the kernel's keyrings", false},
    {"add_key", kNoCapability, "use the kernel's keyrings", false},
    {"request_key", kNoCapability, "use the kernel's keyrings", false},
    {"bpf", CAP_BPF, "load a BPF program", false},
    {"fanotify_init", CAP_SYS_ADMIN, "watch files", false},
    {"io_uring_setup", kNoCapability, "use io_uring", true},
    {"perf_event_open", kNoCapability, "count performance events", false},
    {"userfaultfd", kNoCapability, "handle page faults", false},
    {"vmsplice", kNoCapability, "splice memory", false},
    {"move_pages", kNoCapability, "move memory pages", true},
    {"migrate_pages", kNoCapability, "move memory pages", true},
    {"kcmp", kNoCapability, "compare processes", false},
    {"pidfd_getfd", kNoCapability, "take another process's descriptor", false},
    {"process_madvise", kNoCapability, "advise another process's memory", true},
    {"ptrace", kNoCapability, "trace process", true},
    {"process_vm_readv", kNoCapability, "read the memory of process", true},
    {"kill", kNoCapability, "send a signal to process", true},
    {"sethostname", CAP_SYS_ADMIN, "set the host name", false},
    {"setdomainname", CAP_SYS_ADMIN, "set the domain name", false},
    {"clock_settime", CAP_SYS_TIME, "set the clock", false},
    {"settimeofday", CAP_SYS_TIME, "set the clock", false},
    {"adjtimex", kNoCapability, "read the clock's adjustment", true},
    {"syslog", CAP_SYSLOG, "read the kernel's log", false},
    {"swapon", CAP_SYS_ADMIN, "swap", false},
    {"reboot", CAP_SYS_BOOT, "reboot", false},
    {"init_module", CAP_SYS_MODULE, "load a kernel module", false},
    {"finit_module", CAP_SYS_MODULE, "load a kernel module", false},
    {"acct", CAP_SYS_PACCT, "account for processes", false},
    {"quotactl", CAP_SYS_ADMIN, "set quotas", false},
    {"setpriority", CAP_SYS_NICE, "raise its priority", false, true},
    {"ioprio_set", CAP_SYS_ADMIN, "raise its I/O priority", false, true},
    {"sched_setscheduler", CAP_SYS_NICE, "change its scheduling class", false, true},
    {"sched_setattr", CAP_SYS_NICE, "change its scheduling class", false, true},
    {"sched_setparam", CAP_SYS_NICE, "change its scheduling class", false, true},
    {"mlock", CAP_IPC_LOCK, "lock memory", false, true},
    {"mlockall", CAP_IPC_LOCK, "lock memory", false, true},
    {"prctl", CAP_SETUID, "keep capabilities for another uid", false, true},
    {"capset", CAP_SETUID, "keep capabilities for another uid", true, true},
    {"setuid", CAP_SETUID, "become another user", false, true},
    {"setreuid", CAP_SETUID, "become another user", false, true},
    {"setresuid", CAP_SETUID, "become another user", false, true},
    {"setgid", CAP_SETGID, "become another group", false, true},
    {"setregid", CAP_SETGID, "become another group", false, true},
    {"setresgid", CAP_SETGID, "become another group", false, true},
    {"setgroups", CAP_SETGID, "set its groups", false, true},
    {"chown", CAP_CHOWN, "change an owner", false, true},
    {"setxattr", CAP_SETFCAP, "set an attribute or capability of a file", false, true},
    {"mknod", CAP_MKNOD, "make a device", false, true},
};

std::string patch(const Json& value) {
  return value.dump(-1, ' ', true, Json::error_handler_t::replace);
}

// A limit of the policy that the step reached. key: in `limits`.
Cause limit_cause(const std::string& action, const std::string& key, uint64_t value) {
  return {action + ": limits." + key + " is " + std::to_string(value),
          patch({{"limits", {{key, value * 2}}}}),
          {},
          false};
}

std::optional<Cause> cause_of_limit(const Plan& plan, const FailedCall& call) {
  const LimitRules& limits = plan.limits;
  const bool makes_process = call.call == "fork" || call.call == "clone";
  if (call.code == EAGAIN && makes_process && limits.processes) {
    Cause cause = limit_cause("start a process", "processes", *limits.processes);
    if (plan.pids_max == 0) return cause;
    cause.line.clear();
    cause.also = "the container's pids limit is " + std::to_string(plan.pids_max) +
                 ", and a step gets half of it: podman --pids-limit";
    return cause;
  }
  if (call.code == EMFILE && limits.open_files) {
    return limit_cause("open another file", "open_files", *limits.open_files);
  }
  if (call.code == ENOMEM && limits.address_space && call.call.starts_with("m")) {
    return limit_cause("get more memory", "address_space_bytes", *limits.address_space);
  }
  if (call.call != "setrlimit" || call.code != EPERM) return std::nullopt;
  const int resource = std::atoi(call.path.c_str());
  const auto raised = [&](const char* name, const char* key, uint64_t value) {
    Cause cause = limit_cause(std::string("raise its limit ") + name, key, value);
    const uint64_t asked = std::strtoull(call.other.c_str(), nullptr, 10);
    if (asked > value * 2) cause.line = patch({{"limits", {{key, asked}}}});
    return cause;
  };
  if (resource == RLIMIT_NPROC && limits.processes) {
    return raised("RLIMIT_NPROC", "processes", *limits.processes);
  }
  if (resource == RLIMIT_NOFILE && limits.open_files) {
    return raised("RLIMIT_NOFILE", "open_files", *limits.open_files);
  }
  if (resource == RLIMIT_AS && limits.address_space) {
    return raised("RLIMIT_AS", "address_space_bytes", *limits.address_space);
  }
  return std::nullopt;
}

std::string family_name(const std::string& number) {
  struct Family {
    int number;
    const char* name;
  };
  constexpr Family kFamilies[] = {{17, "AF_PACKET"},    {21, "AF_RDS"},  {29, "AF_CAN"},
                                  {31, "AF_BLUETOOTH"}, {38, "AF_ALG"},  {40, "AF_VSOCK"},
                                  {44, "AF_XDP"},       {30, "AF_TIPC"}, {15, "AF_KEY"}};
  const int wanted = std::atoi(number.c_str());
  for (const auto& family : kFamilies) {
    if (family.number == wanted) return family.name;
  }
  return "family " + number;
}

std::string seccomp_of(const Plan& plan) {
  return "the step's seccomp filter (" + to_string(plan.seccomp) + ") denies it";
}

}  // namespace

std::optional<Cause> cause_of_call(const Plan& plan, const FailedCall& call,
                                   uint64_t capabilities) {
  if (auto limit = cause_of_limit(plan, call)) return limit;
  if (call.call == kForeignCall) {
    if (plan.seccomp != SeccompProfile::kNative) return std::nullopt;
    return Cause{"run " + shell_word(call.path) +
                     ": it makes system calls of another architecture, as 32-bit programs do, and "
                     "the step's seccomp filter (native) ends it",
                 patch({{"seccomp", "multiarch"}}),
                 {},
                 false};
  }
  if (call.call == "socket" && call.code == EPERM) {
    if ((capabilities >> CAP_NET_RAW & 1) == 0) return std::nullopt;
    return Cause{"make a raw socket: a step has no capability (CAP_NET_RAW)",
                 {},
                 "no key of the policy allows it",
                 false};
  }
  if (call.call == "socket") {
    if (plan.seccomp == SeccompProfile::kNone) return std::nullopt;
    return Cause{"make a socket (" + family_name(call.path) + "): " + seccomp_of(plan),
                 {},
                 "a step has sockets of AF_UNIX, AF_INET and AF_INET6, and of AF_NETLINK those "
                 "that list interfaces and devices",
                 false};
  }
  const auto* const known = std::find_if(std::begin(kKnown), std::end(kKnown),
                                         [&](const auto& k) { return call.call == k.name; });
  if (known == std::end(kKnown)) return std::nullopt;
  if (call.code == ESRCH) {
    return Cause{std::string(known->action) + " " + call.path +
                     ": a step sees its own processes alone (its pid namespace)",
                 {},
                 "no key of the policy allows it",
                 true};
  }
  const bool is_denied = call.code == EPERM || call.code == EACCES || call.code == ENOSYS;
  const bool is_user = call.call.ends_with("id") && call.code == EINVAL;
  if (!is_denied && !is_user && !(call.call == "chown" && call.code == EINVAL)) {
    return std::nullopt;
  }
  const bool needs = known->capability != kNoCapability;
  if (plan.seccomp == SeccompProfile::kNone && !known->by_kernel) return std::nullopt;
  if (needs && (capabilities >> known->capability & 1) == 0) return std::nullopt;
  const bool by_user = known->capability == CAP_SETUID || known->capability == CAP_SETGID ||
                       known->capability == CAP_CHOWN;
  const std::string why = by_user            ? "a step has one user and no capability"
                          : known->by_kernel ? "a step has no capability"
                                             : seccomp_of(plan);
  const std::string object = call.path.starts_with("/") ? " " + shell_word(call.path) : "";
  return Cause{std::string(known->action) + object + " (" + call.call + "): " + why,
               {},
               "no key of the policy allows it",
               known->weak};
}

}  // namespace rind
