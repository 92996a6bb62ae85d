// Writes what a command executes of its own program: executed OUT COMMAND...
//
// One line for each 16 bytes of code, in the order in which they were reached: the address in hex,
// as the program's file has it (position-independent, so counted from its first byte). Each
// instruction is traced, in the command and its children, until they execute another program: that
// takes minutes. x86-64.
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { kLargest = 64 << 20, kUnit = 16, kPids = 1 << 22 };

static unsigned char seen[kLargest / kUnit];
static unsigned char stepping[kPids];
static uint64_t base;
static struct stat program;

static void die(const char* what) {
  perror(what);
  exit(1);
}

// Where the program was loaded; 0 when the process executes another one.
static uint64_t loaded(pid_t pid) {
  char path[64], line[8192];
  snprintf(path, sizeof path, "/proc/%d/maps", pid);
  FILE* maps = fopen(path, "re");
  if (maps == NULL) die(path);
  uint64_t found = 0;
  while (found == 0 && fgets(line, sizeof line, maps) != NULL) {
    uint64_t begin = 0, inode = 0;
    if (sscanf(line, "%lx-%*x %*s %*x %*s %lu", &begin, &inode) == 2 && inode == program.st_ino)
      found = begin;
  }
  fclose(maps);
  return found;
}

static void note(pid_t pid, FILE* out) {
  errno = 0;
  const uint64_t at =
      (uint64_t)ptrace(PTRACE_PEEKUSER, pid, offsetof(struct user_regs_struct, rip), 0) - base;
  if (errno != 0 || at >= kLargest || seen[at / kUnit]) return;
  seen[at / kUnit] = 1;
  fprintf(out, "%lx\n", at);
}

// Handles a stop, and returns the signal to deliver.
static int stopped(pid_t pid, int status, FILE* out) {
  const int event = status >> 16, signal = WSTOPSIG(status);
  if (event == PTRACE_EVENT_EXEC) {
    const uint64_t at = loaded(pid);
    stepping[pid] = at != 0;
    if (at != 0) base = at;
    return 0;
  }
  if (event != 0) {
    unsigned long child = 0;
    if (ptrace(PTRACE_GETEVENTMSG, pid, 0, &child) == 0) stepping[child] = stepping[pid];
    return 0;
  }
  if (signal == SIGSTOP) return 0;  // a new child
  if (signal != SIGTRAP) return signal;
  if (stepping[pid]) note(pid, out);
  return 0;
}

int main(int argc, char** argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: executed OUT COMMAND...\n");
    return 2;
  }
  if (stat(argv[2], &program) != 0) die(argv[2]);
  FILE* out = fopen(argv[1], "we");
  if (out == NULL) die(argv[1]);
  // Tracer and command take turns, which is quicker on one processor.
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(sched_getcpu(), &one);
  if (sched_setaffinity(0, sizeof one, &one) != 0) die("sched_setaffinity");
  const pid_t first = fork();
  if (first == 0) {
    ptrace(PTRACE_TRACEME, 0, 0, 0);
    raise(SIGSTOP);
    execv(argv[2], argv + 2);
    _exit(127);
  }
  int status, result = 1;
  if (first < 0 || waitpid(first, &status, 0) < 0) die("executed");
  const long options = PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                       PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
  if (ptrace(PTRACE_SETOPTIONS, first, 0, options) != 0) die("ptrace");
  ptrace(PTRACE_CONT, first, 0, 0);
  pid_t pid;
  while ((pid = waitpid(-1, &status, __WALL)) > 0) {
    if (!WIFSTOPPED(status)) {
      if (pid == first) result = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
      continue;
    }
    const int signal = stopped(pid, status, out);
    ptrace(stepping[pid] ? PTRACE_SINGLESTEP : PTRACE_CONT, pid, 0, signal);
  }
  if (fclose(out) != 0) die(argv[1]);
  return result;
}
