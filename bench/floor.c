// The floor: what a launcher costs that does the whole job of isolating one command, and nothing
// else.
//
//   floor [-w DIRECTORY]... COMMAND [ARGUMENT...]
//
// It is what bench/run compares a step with, so it must not cheat: tests/system/floor.sh holds that
// its command has user, mount, pid, ipc, uts and net namespaces of its own, a read-only root, an
// empty /tmp, a new /proc, a loopback interface that is up, no capabilities and no_new_privs. -w: a
// directory that stays writable. The command's status is its own; 125: the sandbox could not be
// made.
//
// What Rind does beside it, and why that is more, is in docs/performance.md.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <linux/securebits.h>
#include <net/if.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// sys/mount.h and linux/mount.h exclude each other in glibc 2.36.
int mount(const char*, const char*, const char*, unsigned long, const void*);
#define READ_ONLY 1ul
#define NO_SUID 2ul
#define NO_DEV 4ul
#define NO_EXEC 8ul

#define MAX_WRITABLE 16

static const char* writable[MAX_WRITABLE];
static int writable_fds[MAX_WRITABLE];
static int writable_count;

static void die(const char* what) {
  dprintf(2, "floor: %s: %s\n", what, strerror(errno));
  _exit(125);
}

static void check(long result, const char* what) {
  if (result < 0) die(what);
}

static void write_file(const char* path, const char* text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, text, strlen(text)) < 0) die(path);
  close(fd);
}

// A process may map its own id alone, and nobody else has to wait for it.
static void map_id(const char* path, unsigned id) {
  char line[64];
  snprintf(line, sizeof line, "%u %u 1\n", id, id);
  write_file(path, line);
}

static void set_attributes(int fd, const char* path, unsigned flags, uint64_t attributes) {
  struct mount_attr attr = {.attr_set = attributes};
  check(syscall(SYS_mount_setattr, fd, path, flags | AT_RECURSIVE, &attr, sizeof attr), path);
}

// Works in place: no second tree and no pivot_root. What stays writable is cloned first, and put
// back on its path.
static void make_root(void) {
  for (int i = 0; i < writable_count; i++) {
    writable_fds[i] = (int)syscall(SYS_open_tree, AT_FDCWD, writable[i],
                                   OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
    check(writable_fds[i], writable[i]);
    set_attributes(writable_fds[i], "", AT_EMPTY_PATH, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
  }
  set_attributes(AT_FDCWD, "/", 0, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID);
  check(mount("tmpfs", "/tmp", "tmpfs", NO_SUID | NO_DEV, "mode=1777"), "mount /tmp");
  // In a container the kernel allows it only where a whole procfs is mounted, as Rind's hook does.
  // That one is read-only, and then the new one must be.
  check(mount("proc", "/proc", "proc", READ_ONLY | NO_SUID | NO_DEV | NO_EXEC, NULL),
        "mount /proc");
  for (int i = 0; i < writable_count; i++) {
    check(syscall(SYS_move_mount, writable_fds[i], "", AT_FDCWD, writable[i],
                  MOVE_MOUNT_F_EMPTY_PATH),
          writable[i]);
    close(writable_fds[i]);
  }
}

static void bring_loopback_up(void) {
  struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  check(fd, "socket");
  check(ioctl(fd, SIOCSIFFLAGS, &request), "bring lo up");
  close(fd);
}

// With no_new_privs execve gives no capability that the process has not, so the bounding set needs
// no change.
static void drop_privileges(void) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct none[2] = {0};
  check(prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED), "PR_SET_SECUREBITS");
  check(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "PR_CAP_AMBIENT");
  check(syscall(SYS_capset, &header, none), "capset");
  check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
}

static int status_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Pid 1 of the sandbox: with its end the kernel kills all that the command left.
static int pid1(char** command) {
  int status;
  pid_t main_child = vfork();
  if (main_child == 0) {
    execvp(command[0], command);
    die(command[0]);
  }
  check(main_child, "vfork");
  for (;;) {
    pid_t ended = wait(&status);
    if (ended < 0 && errno != EINTR) die("wait");
    if (ended == main_child) return status_of(status);
  }
}

static int sandbox(char** command, unsigned uid, unsigned gid) {
  check(prctl(PR_SET_PDEATHSIG, SIGKILL), "PR_SET_PDEATHSIG");
  write_file("/proc/self/setgroups", "deny");
  map_id("/proc/self/uid_map", uid);
  map_id("/proc/self/gid_map", gid);
  make_root();
  bring_loopback_up();
  drop_privileges();
  return pid1(command);
}

int main(int argc, char** argv) {
  int option, status;
  while ((option = getopt(argc, argv, "+w:")) != -1) {
    if (option != 'w' || writable_count == MAX_WRITABLE) return 125;
    writable[writable_count++] = optarg;
  }
  if (optind == argc) {
    dprintf(2, "usage: floor [-w DIRECTORY]... COMMAND [ARGUMENT...]\n");
    return 125;
  }
  unsigned uid = geteuid(), gid = getegid();
  struct clone_args arguments = {
      .flags =
          CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET,
      .exit_signal = SIGCHLD,
  };
  pid_t child = (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
  check(child, "clone3");
  if (child == 0) _exit(sandbox(argv + optind, uid, gid));
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) die("waitpid");
  }
  _exit(status_of(status));
}
