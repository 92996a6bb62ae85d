// Which system calls a step may make: the rules that make_filter.cpp turns into BPF. A rule that is
// written here goes into our programs (decisions.cpp), and into libseccomp's (reference.cpp), which
// they are held against.
//
// An allow list. It began as the default profile of podman (containers-common). We removed calls
// that builds do not need and calls that reach beyond a sandbox without capabilities. The kernel
// would refuse most of those anyway; the filter keeps their bugs out of reach.
//
//   in no list             ENOSYS, as from a kernel without the call: programs handle that, and new
//                          calls stay closed until somebody has reviewed them
//   known and denied       EPERM
//   no 64-bit entry point  the process is killed (multiarch: 32-bit calls are allowed)
//
// Each call is named once, for all architectures. Calls that the libseccomp at build time may not
// know are in separate lists; with such a libseccomp they return ENOSYS.
#pragma once

#include <linux/sched.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rind::rules {

// 0: allowed. Otherwise the errno that the call fails with.
using Verdict = int;
inline constexpr Verdict kAllow = 0;
// The call does nothing and returns 0.
inline constexpr Verdict kPretend = -1;

// --- Allowed, whatever the arguments ------------------------------------------------------------

inline constexpr std::string_view kFiles = R"(
    access chdir chmod chown chown32 close close_range copy_file_range creat dup dup2 dup3
    faccessat faccessat2 fadvise64 fadvise64_64 fallocate fchdir fchmod fchmodat fchown fchown32
    fchownat fcntl fcntl64 fdatasync fgetxattr flistxattr flock fremovexattr fsetxattr fstat
    fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64 futimesat getcwd getdents
    getdents64 getxattr lchown lchown32 lgetxattr link linkat listxattr llistxattr lremovexattr
    lseek _llseek lsetxattr lstat lstat64 mkdir mkdirat mknod mknodat newfstatat open openat
    openat2 pipe pipe2 pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readahead readdir
    readlink readlinkat readv removexattr rename renameat renameat2 rmdir sendfile sendfile64
    setxattr splice stat stat64 statfs statfs64 statx symlink symlinkat sync sync_file_range
    sync_file_range2 arm_sync_file_range arm_fadvise64_64 syncfs tee truncate truncate64 umask
    unlink unlinkat utime utimensat utimensat_time64 utimes write writev)";

// Waiting for events. The family of io_setup, which is below, is not io_uring. fanotify_mark is
// useless without fanotify_init.
inline constexpr std::string_view kWaiting = R"(
    _newselect epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_wait
    epoll_wait_old eventfd eventfd2 fanotify_mark inotify_add_watch inotify_init inotify_init1
    inotify_rm_watch io_cancel io_destroy io_getevents io_pgetevents io_pgetevents_time64
    io_submit poll ppoll ppoll_time64 pselect6 pselect6_time64 select signalfd
    signalfd4 timerfd timerfd_create timerfd_gettime timerfd_gettime64 timerfd_settime
    timerfd_settime64)";

inline constexpr std::string_view kMemory = R"(
    brk get_mempolicy madvise mbind membarrier memfd_create mincore mlock mlock2 mlockall mmap
    mmap2 mprotect mremap msync munlock munlockall munmap pkey_alloc pkey_free pkey_mprotect
    remap_file_pages set_mempolicy)";

// Processes, threads and signals. A pidfd of pid 1 gives no more rights than its pid.
inline constexpr std::string_view kProcesses = R"(
    capget capset execve execveat exit exit_group fork futex futex_time64 get_robust_list
    get_thread_area getcpu getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups
    getgroups32 getpgid getpgrp getpid getppid getpriority getresgid getresgid32 getresuid
    getresuid32 getrlimit getrusage getsid gettid getuid getuid32 ioprio_get ioprio_set kill
    nice pause pidfd_open pidfd_send_signal prctl prlimit64 restart_syscall rseq rt_sigaction
    rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait
    rt_sigtimedwait_time64 rt_tgsigqueueinfo sched_get_priority_max sched_get_priority_min
    sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval
    sched_rr_get_interval_time64 sched_setaffinity sched_setattr sched_setparam
    sched_setscheduler sched_yield set_robust_list set_thread_area set_tid_address setfsgid
    setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups setgroups32 setpgid setpriority
    setregid setregid32 setresgid setresgid32 setresuid setresuid32 setreuid setreuid32
    setrlimit setsid setuid setuid32 sigaction sigaltstack signal sigpending sigprocmask
    sigreturn sigsuspend tgkill tkill ugetrlimit vfork wait4 waitid waitpid)";

// Clocks can be read but not set.
inline constexpr std::string_view kTime = R"(
    alarm clock_getres clock_getres_time64 clock_gettime clock_gettime64 clock_nanosleep
    clock_nanosleep_time64 getitimer gettimeofday nanosleep setitimer time timer_create
    timer_delete timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64
    times)";

// For sockets that the step was allowed to make, or that it inherited. System V objects and message
// queues are those of the step's IPC namespace. `ipc` multiplexes these calls on 32-bit x86. The
// filter cannot see its arguments, but all calls behind it are allowed.
inline constexpr std::string_view kTalking = R"(
    accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom recvmmsg
    recvmmsg_time64 recvmsg send sendmmsg sendmsg sendto setsockopt shutdown ipc mq_getsetattr
    mq_notify mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64
    mq_unlink msgctl msgget msgrcv msgsnd semctl semget semop semtimedop semtimedop_time64 shmat
    shmctl shmdt shmget)";

// Calls that only restrict the caller (builds run their own sandboxes), that describe the machine,
// or that one architecture needs. personality: linux32, setarch -R.
inline constexpr std::string_view kOther = R"(
    getrandom personality seccomp sysinfo uname arch_prctl breakpoint cacheflush modify_ldt
    set_tls)";

// Harmless, and younger than the oldest libseccomp that Rind is built with (2.5.0).
inline constexpr std::string_view kAllowedWhereKnown = R"(
    cachestat epoll_pwait2 fchmodat2 futex_requeue futex_wait futex_waitv futex_wake getxattrat
    landlock_add_rule landlock_create_ruleset landlock_restrict_self listxattrat
    map_shadow_stack memfd_secret mseal process_mrelease removexattrat set_mempolicy_home_node
    setxattrat uretprobe)";

// --- Denied: EPERM ------------------------------------------------------------------------------

// Mounts and roots. A file handle opens a file without passing the directories above it.
inline constexpr std::string_view kMounts = R"(
    chroot fsconfig fsmount fsopen fspick mount move_mount name_to_handle_at open_by_handle_at
    open_tree pivot_root quotactl swapoff swapon umount umount2)";

// Joining a namespace. The rules with arguments below deny making one.
inline constexpr std::string_view kNamespaces = R"(
    setns)";

// Kernel keyrings are not namespaced by container.
inline constexpr std::string_view kKeyrings = R"(
    add_key keyctl request_key)";

// Large interfaces, in which most recent exploits began; builds do not need them. io_uring also
// performs through its rings what this filter denies by call number.
inline constexpr std::string_view kAttackSurface = R"(
    bpf fanotify_init io_uring_enter io_uring_register io_uring_setup migrate_pages move_pages
    perf_event_open userfaultfd vm86 vm86old vmsplice)";

// Access to other processes by descriptor.
inline constexpr std::string_view kOtherProcesses = R"(
    kcmp pidfd_getfd process_madvise)";

// The machine itself: its kernel, log, clocks, name and ports.
inline constexpr std::string_view kMachine = R"(
    acct adjtimex clock_adjtime clock_adjtime64 clock_settime clock_settime64 delete_module
    finit_module init_module ioperm iopl kexec_file_load kexec_load lookup_dcookie
    pciconfig_iobase pciconfig_read pciconfig_write reboot setdomainname sethostname
    settimeofday stime sysfs syslog uselib ustat vhangup)";

inline constexpr std::string_view kDeniedWhereKnown = R"(
    mount_setattr open_tree_attr quotactl_fd)";

// --- As if the kernel did not have it: ENOSYS, listed although it is the default -----------------

// clone3 passes its flags by pointer, where no filter can read them; glibc falls back to clone.
// socketcall, the multiplexer of 32-bit x86, passes the family by pointer, too. musl falls back to
// socket and similar calls; glibc for i386 has no fallback, so it has no sockets in a step.
// io_setup: what asynchronous reads and writes may wait is counted for the whole machine
// (fs.aio-max-nr), and one step could take all of it from the host's databases.
inline constexpr std::string_view kMissing = R"(
    clone3 io_setup socketcall)";

struct CallList {
  Verdict verdict;
  bool must_be_known;      // an unknown name is an error: it is misspelt
  std::string_view names;  // with white space between them
};

inline std::vector<std::string> names_of(const CallList& list) {
  std::vector<std::string> names(1);
  for (const char c : list.names) {
    if (c != ' ' && c != '\n') {
      names.back() += c;
    } else if (!names.back().empty()) {
      names.emplace_back();
    }
  }
  if (names.back().empty()) names.pop_back();
  return names;
}

inline constexpr CallList kCallLists[] = {
    {kAllow, true, kFiles},   {kAllow, true, kWaiting},
    {kAllow, true, kMemory},  {kAllow, true, kProcesses},
    {kAllow, true, kTime},    {kAllow, true, kTalking},
    {kAllow, true, kOther},   {kAllow, false, kAllowedWhereKnown},
    {EPERM, true, kMounts},   {EPERM, true, kNamespaces},
    {EPERM, true, kKeyrings}, {EPERM, true, kAttackSurface},
    {EPERM, true, kMachine},  {EPERM, true, kOtherProcesses},
    {ENOSYS, true, kMissing}, {EPERM, false, kDeniedWhereKnown},
};

// The kernel uses the low 32 bits of each of these arguments, and so does the filter. A filter on
// all 64 bits would see another value where a high bit is set, and the kernel the same
// (CVE-2023-28100).

// One verdict for the listed values, another one for all others.
struct ValueRule {
  std::string_view name;
  unsigned argument;
  std::span<const uint32_t> values;
  Verdict listed, others;
};

// TIOCSTI types into the builder's terminal, TIOCLINUX pastes into a console, TIOCSETD loads line
// disciplines. SIOCGIFBR, SIOCSIFBR, SIOCBRADDBR and SIOCBRDELBR load the module of bridges,
// SIOCGIFVLAN and SIOCSIFVLAN that of VLANs, before they ask for a right. All our architectures use
// the same numbers.
inline constexpr uint32_t kRequests[] = {0x5412, 0x541c, 0x5423, 0x8940, 0x8941,
                                         0x89a0, 0x89a1, 0x8982, 0x8983};
// Without AF_VSOCK (the hypervisor), AF_ALG, AF_PACKET, and families for which the kernel would
// load a module.
inline constexpr uint32_t kFamilies[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};
inline constexpr uint32_t kPairFamilies[] = {AF_UNIX};
// Pid 1 is Rind's own process; its memory is a copy of the supervisor's. A step may debug the
// processes that it started.
inline constexpr uint32_t kPid1[] = {1};

inline constexpr ValueRule kValueRules[] = {
    {"ioctl", 1, kRequests, EPERM, kAllow},
    {"socket", 0, kFamilies, kAllow, EAFNOSUPPORT},
    {"socketpair", 0, kPairFamilies, kAllow, EAFNOSUPPORT},
    {"ptrace", 1, kPid1, EPERM, kAllow},
    {"process_vm_readv", 0, kPid1, EPERM, kAllow},
    {"process_vm_writev", 0, kPid1, EPERM, kAllow},
};

// Trusted commands are not steps; they only get no sockets that lead anywhere. A network namespace
// would need rights that not every builder has, and would give up the rights that it has.
inline constexpr uint32_t kLocalFamilies[] = {AF_UNIX, AF_NETLINK};
inline constexpr ValueRule kNoNetworkRules[] = {
    {"socket", 0, kLocalFamilies, kAllow, EAFNOSUPPORT},
    {"socketpair", 0, kPairFamilies, kAllow, EAFNOSUPPORT},
};

// --- A second argument --------------------------------------------------------------------------
// For calls that the rules above decide by another argument: the stricter answer counts. These
// rules hold for listed values only.

// Protocols in modules, which the kernel loads on demand: DCCP, L2TP, SCTP, SMC.
inline constexpr uint32_t kModuleProtocols[] = {33, 115, 132, 256};
inline constexpr ValueRule kSecondRules[] = {
    {"socket", 2, kModuleProtocols, EPROTONOSUPPORT, kAllow},
};

// The protocols that AF_NETLINK has in a step: NETLINK_ROUTE, by which programs list interfaces and
// addresses, and NETLINK_KOBJECT_UEVENT (libudev). Most others are modules, and NETLINK_GENERIC
// loads one for each family that somebody asks for; none works without rights.
inline constexpr uint32_t kNetlink[] = {0, 15};
inline constexpr unsigned kSocketFamily = 0, kSocketProtocol = 2;

// Where the policy asks for no cores: RLIMIT_CORE is 1 (helper/pid1/limits.cpp), and 0 would enable
// the core handler of the host again. Scripts with `ulimit -c 0` still get no core.
inline constexpr uint32_t kCoreLimit[] = {RLIMIT_CORE};
inline constexpr ValueRule kNoCoreRules[] = {
    {"setrlimit", 0, kCoreLimit, kPretend, kAllow},
};
// prlimit64 with no new limit only reads the old one.
inline constexpr unsigned kPrlimitResource = 1, kPrlimitNew = 2, kPrlimitOld = 3;

// For a step that is uid 0 inside: root without rights. Programs that find themselves root give
// files to other users and expect success (`tar -x` and `cp -p` keep owners), but there is no other
// user in the step's namespace. Such a call does nothing and returns 0. With the step's own ids or
// none
// (-1; 0xffff in the 16-bit calls) the kernel answers.
inline constexpr uint32_t kOwnIds[] = {0, 0xffffffff};
inline constexpr uint32_t kOwnIds16[] = {0, 0xffff, 0xffffffff};
inline constexpr ValueRule kRootRules[] = {
    {"chown", 1, kOwnIds16, kAllow, kPretend},  {"chown", 2, kOwnIds16, kAllow, kPretend},
    {"lchown", 1, kOwnIds16, kAllow, kPretend}, {"lchown", 2, kOwnIds16, kAllow, kPretend},
    {"fchown", 1, kOwnIds16, kAllow, kPretend}, {"fchown", 2, kOwnIds16, kAllow, kPretend},
    {"chown32", 1, kOwnIds, kAllow, kPretend},  {"chown32", 2, kOwnIds, kAllow, kPretend},
    {"lchown32", 1, kOwnIds, kAllow, kPretend}, {"lchown32", 2, kOwnIds, kAllow, kPretend},
    {"fchown32", 1, kOwnIds, kAllow, kPretend}, {"fchown32", 2, kOwnIds, kAllow, kPretend},
    {"fchownat", 2, kOwnIds, kAllow, kPretend}, {"fchownat", 3, kOwnIds, kAllow, kPretend},
};

// --- For a step with a twin (helper/pid1/mode_guard.h) -------------------------------------------
// What it makes there belongs to the builder, on the host usually to root: no file may have a
// setuid or setgid bit, not for a moment. A filter cannot tell files from directories, so pid 1
// decides about chmod; it does not see these calls of its own, as only the step has this program.
inline constexpr uint32_t kSetIds = 06000;
struct ModeRule {
  std::string_view name;
  unsigned mode;  // the argument
};
inline constexpr ModeRule kChangesMode[] = {
    {"chmod", 1}, {"fchmod", 1}, {"fchmodat", 2}, {"fchmodat2", 2}};
// mkdir is not listed: the kernel ignores these bits there.
inline constexpr ModeRule kMakesFile[] = {{"creat", 1}, {"mknod", 1}, {"mknodat", 2}};
// Without O_CREAT or O_TMPFILE the mode is whatever was in the register.
inline constexpr uint32_t kCreates = 0100 | 020000000;
struct OpenRule {
  std::string_view name;
  unsigned flags, mode;
};
inline constexpr OpenRule kOpens[] = {{"open", 1, 2}, {"openat", 2, 3}};
// Its mode lies in memory. Programs fall back to openat.
inline constexpr std::string_view kHidesMode = "openat2";

// EPERM when any of these flags is set; otherwise allowed.
struct FlagRule {
  std::string_view name;
  unsigned argument;
  uint32_t flags;
};

inline constexpr uint32_t kNewNamespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS |
                                           CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |
                                           CLONE_NEWNET;

inline constexpr FlagRule kFlagRules[] = {
    // clone(2) uses CLONE_NEWTIME's bit for the exit signal.
    {"clone", 0, kNewNamespaces},
    {"unshare", 0, kNewNamespaces | CLONE_NEWTIME},
};

}  // namespace rind::rules
