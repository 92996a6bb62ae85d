// Measures a hook that a runtime calls: timed FILE PROGRAM [ARGUMENT...]
//
// Adds a line to FILE: wall time and CPU time in microseconds, page faults. Its status is the
// program's.

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static double microseconds(struct timeval t) { return t.tv_sec * 1e6 + t.tv_usec; }

int main(int argc, char** argv) {
  if (argc < 3) return 125;
  int file = open(argv[1], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  struct rusage usage;
  int status;
  double began = now();
  pid_t child = vfork();
  if (child == 0) {
    execv(argv[2], argv + 2);
    _exit(127);
  }
  if (file < 0 || child < 0 || wait4(child, &status, 0, &usage) < 0) return 125;
  dprintf(file, "%.1f %.0f %ld\n", now() - began,
          microseconds(usage.ru_utime) + microseconds(usage.ru_stime),
          usage.ru_minflt + usage.ru_majflt);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
