"""Makes system calls, each in a way that never succeeds, and prints how each failed.

One line a call: GROUP NAME ERRNO. The arguments are wrong on purpose: a kernel that gets to see the
call says EFAULT, EBADF or EINVAL, most often before it looks for a capability, and nothing happens to
the machine, not even as root. Numbers come from libseccomp, so that there is no table here.
"""
import ctypes
import errno

libc = ctypes.CDLL(None, use_errno=True)
libseccomp = ctypes.CDLL("libseccomp.so.2")

BAD = -1  # a pointer, a descriptor, a pid or a set of flags
NAMESPACES = {"mnt": 0x20000, "cgroup": 0x2000000, "uts": 0x4000000, "ipc": 0x8000000,
              "user": 0x10000000, "pid": 0x20000000, "net": 0x40000000}
CLONE_SIGHAND, CLONE_NEWTIME = 0x800, 0x80
TIOCSTI, TIOCLINUX, TCGETS = 0x5412, 0x541C, 0x5401
HIGH = 1 << 32
PTRACE_PEEKDATA = 2
LISTMOUNT, LSM_LIST_MODULES = 458, 461  # Linux 6.8

CALLS = [
    ("mounts", "mount", BAD, BAD, BAD, 0, 0),
    ("mounts", "umount2", BAD, 0),
    ("mounts", "pivot_root", BAD, BAD),
    ("mounts", "chroot", BAD),
    ("mounts", "open_tree", BAD, BAD, 0),
    ("mounts", "move_mount", BAD, BAD, BAD, BAD, 0),
    ("mounts", "fsopen", BAD, 0),
    ("mounts", "fsconfig", BAD, 99, 0, 0, 0),
    ("mounts", "fsmount", BAD, 0, 0),
    ("mounts", "fspick", BAD, BAD, BAD),
    ("mounts", "mount_setattr", BAD, BAD, BAD, 0, 0),
    ("mounts", "swapon", BAD, BAD),
    ("mounts", "swapoff", BAD),
    ("mounts", "quotactl", BAD, BAD, BAD, BAD),
    ("mounts", "quotactl_fd", BAD, BAD, BAD, BAD),
    ("mounts", "name_to_handle_at", BAD, BAD, BAD, BAD, BAD),
    ("mounts", "open_by_handle_at", BAD, BAD, 0),
    ("namespaces", "setns", BAD, 0),
    ("namespaces", "unshare", CLONE_NEWTIME | 1),
    *[("namespaces", "unshare", flag | 1) for flag in NAMESPACES.values()],
    # CLONE_SIGHAND without CLONE_VM: no child is made.
    *[("namespaces", "clone", flag | CLONE_SIGHAND, 0, 0, 0, 0) for flag in NAMESPACES.values()],
    *[("namespaces", "clone", HIGH | flag | CLONE_SIGHAND, 0, 0, 0, 0) for flag in NAMESPACES.values()],
    ("keyrings", "keyctl", BAD, 0, 0, 0, 0),
    ("keyrings", "add_key", BAD, BAD, BAD, 0, 0),
    ("keyrings", "request_key", BAD, BAD, BAD, 0),
    ("kernel_interfaces", "bpf", BAD, BAD, BAD),
    ("kernel_interfaces", "perf_event_open", BAD, BAD, BAD, BAD, BAD),
    ("kernel_interfaces", "userfaultfd", BAD),
    ("kernel_interfaces", "io_uring_setup", 0, BAD),
    ("kernel_interfaces", "io_uring_enter", BAD, 0, 0, BAD, 0, 0),
    ("kernel_interfaces", "io_uring_register", BAD, BAD, 0, 0),
    ("kernel_interfaces", "fanotify_init", BAD, BAD),
    ("other_processes", "kcmp", BAD, BAD, BAD, 0, 0),
    ("other_processes", "pidfd_getfd", BAD, BAD, BAD),
    ("other_processes", "process_madvise", BAD, BAD, 1, 0, BAD),
    ("machine", "kexec_load", 0, BAD, BAD, BAD),
    ("machine", "kexec_file_load", BAD, BAD, 0, 0, BAD),
    ("machine", "init_module", BAD, 0, BAD),
    ("machine", "finit_module", BAD, BAD, BAD),
    ("machine", "delete_module", BAD, 0),
    ("machine", "reboot", 0, 0, 0, 0),
    ("machine", "syslog", BAD, 0, 0),
    ("machine", "acct", BAD),
    ("machine", "settimeofday", BAD, 0),
    ("machine", "clock_settime", 9999, BAD),
    ("machine", "adjtimex", BAD),
    ("machine", "clock_adjtime", 9999, BAD),
    ("machine", "sethostname", BAD, BAD),
    ("machine", "setdomainname", BAD, BAD),
    ("machine", "ioperm", BAD, BAD, 1),
    ("machine", "iopl", 99),
    ("machine", "lookup_dcookie", 0, BAD, 0),
    # PEEKDATA of what is not traced: ESRCH. An attach would stop the control's own pid 1.
    ("pid_1", "ptrace", PTRACE_PEEKDATA, 1, 0, 0),
    ("pid_1", "ptrace", PTRACE_PEEKDATA, HIGH | 1, 0, 0),
    ("pid_1", "process_vm_readv", 1, BAD, 1, BAD, 1, BAD),
    ("pid_1", "process_vm_writev", HIGH | 1, BAD, 1, BAD, 1, BAD),
    # Of a descriptor that there is not: EBADF, whatever the request.
    ("terminal", "ioctl", BAD, TIOCSTI, 0),
    ("terminal", "ioctl", BAD, HIGH | TIOCSTI, 0),
    ("terminal", "ioctl", BAD, HIGH << 31 | TIOCSTI, 0),
    ("terminal", "ioctl", BAD, TIOCLINUX, 0),
    ("terminal", "ioctl", BAD, HIGH | TIOCLINUX, 0),
    # Of a type that there is not: EINVAL, whatever the family.
    *[("families", "socket", family, BAD, 0) for family in (0, 3, 15, 17, 21, 31, 38, 40, 44)],
    ("families", "socket", HIGH | 40, BAD, 0),
    *[("families", "socketpair", family, BAD, 0, BAD) for family in (2, 10, 16, 30, 40)],
    ("missing", "clone3", BAD, 0),
    ("missing", "io_setup", 0, BAD),
    # As above. NETLINK_SOCK_DIAG, NETLINK_NETFILTER, NETLINK_GENERIC, NETLINK_CRYPTO
    *[("netlink", "socket", 16, BAD, protocol) for protocol in (4, 12, 16, 21)],
    ("netlink", "socket", HIGH | 16, BAD, HIGH | 16),
    # SIOCGIFBR, SIOCGIFVLAN
    ("modules", "ioctl", BAD, 0x8940, 0),
    ("modules", "ioctl", BAD, 0x8982, 0),
    ("allowed", "ioctl", BAD, TCGETS, 0),
    ("allowed", "ioctl", BAD, HIGH | TCGETS, 0),
    *[("allowed", "socket", family, BAD, 0) for family in (1, 2, 10, 16)],
    ("allowed", "socket", 16, BAD, 15),
    ("allowed", "socketpair", 1, BAD, 0, BAD),
    ("allowed", "ptrace", PTRACE_PEEKDATA, 999999, 0, 0),
    ("allowed", "process_vm_readv", 999999, BAD, 1, BAD, 1, BAD),
    ("allowed", "clone", CLONE_SIGHAND, 0, 0, 0, 0),
    ("allowed", "unshare", 1),
    # By number, the same everywhere: in none of our lists, whatever libseccomp knows.
    ("unknown", LISTMOUNT, BAD, BAD, 0, BAD),
    ("unknown", LSM_LIST_MODULES, BAD, BAD, BAD),
]

for group, name, *arguments in CALLS:
    number = name if isinstance(name, int) else libseccomp.seccomp_syscall_resolve_name(name.encode())
    if number < 0:  # not on this architecture
        continue
    result = libc.syscall(*map(ctypes.c_long, [number, *arguments]))
    print(group, name, errno.errorcode[ctypes.get_errno()] if result == -1 else "works")
