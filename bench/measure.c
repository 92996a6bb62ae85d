// Measures commands against each other: measure [OPTION...] CASE...
//
// A CASE is one argument, NAME and the command's words with tabs between them. Each round runs each
// case once, and begins with another one than the round before. Standard output and error are a
// file, standard input is /dev/null, the working directory is the root. A command that fails ends
// the measurement.
//
//   -r ROUNDS   default 100; one more before them fills the caches
//   -j N        N commands at once, RUNS times each case; its wall time is that of all, divided by
//   their number -n RUNS     default: 4 * N -e NUMBER   variables of the environment, default 60 -t
//   wait for a line on standard input before each round, and print a JSON line after it:
//               {"NAME": [WALL, CPU, FAULTS], ...}. So one program lets several of these, in
//               several containers, take turns.
//
// At the end it prints JSON: for each case p10, median, cpu (median) in microseconds, and page
// faults (median). CPU and faults are those of the whole tree of processes, also of those that the
// command does not wait for itself.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_CASES 32
#define MAX_WORDS 128

enum { kWall, kCpu, kFaults, kMeasures };

struct sample {
  double value[kMeasures];
};

struct bench_case {
  char* name;
  const char* input;
  char* command[MAX_WORDS + 1];
  struct sample* samples;
};

static struct bench_case cases[MAX_CASES];
static int case_count, at_once = 1, runs, output;
extern char** environ;

static void die(const char* what) {
  perror(what);
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static double microseconds(struct timeval t) { return t.tv_sec * 1e6 + t.tv_usec; }

static void add_usage(struct sample* s, const struct rusage* usage) {
  s->value[kCpu] += microseconds(usage->ru_utime) + microseconds(usage->ru_stime);
  s->value[kFaults] += usage->ru_minflt + usage->ru_majflt;
}

static void failed(const struct bench_case* c, int status) {
  char text[4096];
  ssize_t size = pread(output, text, sizeof text, 0);
  fprintf(stderr, "measure: %s ended with status %#x: %.*s\n", c->name, status,
          (int)(size > 0 ? size : 0), text);
  exit(1);
}

static struct sample run_once(const struct bench_case* c) {
  struct sample s = {0};
  struct rusage usage;
  int status;
  double began = now();
  pid_t child = vfork();
  if (child == 0) {
    dup2(output, 1);
    dup2(output, 2);
    if (dup2(open(c->input, O_RDONLY | O_CLOEXEC), 0) < 0) _exit(126);
    execvp(c->command[0], c->command);
    _exit(127);
  }
  if (child < 0 || wait4(child, &status, 0, &usage) < 0) die("measure");
  s.value[kWall] = now() - began;
  if (status != 0) failed(c, status);
  add_usage(&s, &usage);
  // Processes that the command left behind are this process's now, and would disturb the next case.
  while (wait4(-1, &status, 0, &usage) > 0) add_usage(&s, &usage);
  return s;
}

static pid_t start_worker(const struct bench_case* c, int share, const int* gate) {
  pid_t worker = fork();
  if (worker != 0) return worker;
  char byte;
  close(gate[1]);
  if (read(gate[0], &byte, 1) < 0) die("read");
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  for (int i = 0; i < share; i++) run_once(c);
  _exit(0);
}

// Starts are not waited for by each other: each worker runs its share one after another.
static struct sample run_many(const struct bench_case* c) {
  struct sample s = {0};
  struct rusage usage;
  int gate[2], status;
  if (pipe2(gate, O_CLOEXEC) < 0) die("pipe");
  for (int i = 0; i < at_once; i++) {
    int share = runs / at_once + (i < runs % at_once);
    if (start_worker(c, share, gate) < 0) die("fork");
  }
  double began = now();
  close(gate[1]);
  while (wait4(-1, &status, 0, &usage) > 0) {
    if (status != 0) exit(1);
    add_usage(&s, &usage);
  }
  s.value[kWall] = now() - began;
  close(gate[0]);
  for (int m = 0; m < kMeasures; m++) s.value[m] /= runs;
  return s;
}

static void run_round(int round) {
  for (int i = 0; i < case_count; i++) {
    struct bench_case* c = &cases[(i + round) % case_count];
    if (ftruncate(output, 0) < 0) die("ftruncate");
    c->samples[round] = at_once == 1 ? run_once(c) : run_many(c);
  }
}

static void print_round(int round) {
  for (int i = 0; i < case_count; i++) {
    const double* v = cases[i].samples[round].value;
    printf("%s\"%s\": [%.1f, %.0f, %.0f]", i == 0 ? "{" : ", ", cases[i].name, v[kWall], v[kCpu],
           v[kFaults]);
  }
  printf("}\n");
  fflush(stdout);
}

static int ascending(const void* a, const void* b) {
  double x = *(const double*)a, y = *(const double*)b;
  return (x > y) - (x < y);
}

// Of the rounds after the first.
static double quantile(const struct bench_case* c, int rounds, int measure, double part) {
  double* values = malloc(rounds * sizeof *values);
  for (int i = 0; i < rounds; i++) values[i] = c->samples[i + 1].value[measure];
  qsort(values, rounds, sizeof *values, ascending);
  double result = values[(int)((rounds - 1) * part)];
  free(values);
  return result;
}

static void print_summary(int rounds) {
  for (int i = 0; i < case_count; i++) {
    const struct bench_case* c = &cases[i];
    printf("%s\"%s\": {\"p10\": %.1f, \"median\": %.1f, \"cpu\": %.0f, \"faults\": %.0f}",
           i == 0 ? "{" : ", ", c->name, quantile(c, rounds, kWall, 0.1),
           quantile(c, rounds, kWall, 0.5), quantile(c, rounds, kCpu, 0.5),
           quantile(c, rounds, kFaults, 0.5));
  }
  printf("}\n");
}

static void add_case(char* text, int rounds) {
  struct bench_case* c = &cases[case_count++];
  int n = 0;
  if (case_count == MAX_CASES) die("too many cases");
  c->name = strsep(&text, "\t");
  c->input = "/dev/null";
  if (text != NULL && *text == '<') c->input = strsep(&text, "\t") + 1;
  for (char* word; (word = strsep(&text, "\t")) != NULL && n < MAX_WORDS;) c->command[n++] = word;
  c->samples = calloc(rounds + 1, sizeof *c->samples);
}

static void set_environment(int wanted) {
  int have = 0;
  while (environ[have] != NULL) have++;
  for (; have < wanted; have++) {
    char name[32];
    snprintf(name, sizeof name, "BENCH_%d", have);
    setenv(name, "a value of usual length", 1);
  }
}

static void prepare(int variables) {
  char path[] = "/tmp/measure.XXXXXX";
  output = mkostemp(path, O_CLOEXEC | O_APPEND);
  if (output < 0) die(path);
  unlink(path);
  set_environment(variables);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  if (chdir("/") < 0) die("/");
}

int main(int argc, char** argv) {
  int option, rounds = 100, variables = 60, turns = 0;
  while ((option = getopt(argc, argv, "r:j:n:e:t")) != -1) {
    if (option == 'r')
      rounds = atoi(optarg);
    else if (option == 'j')
      at_once = atoi(optarg);
    else if (option == 'n')
      runs = atoi(optarg);
    else if (option == 'e')
      variables = atoi(optarg);
    else if (option == 't')
      turns = 1;
    else
      return 2;
  }
  if (runs == 0) runs = 4 * at_once;
  if (optind == argc || rounds < 1 || at_once < 1 || runs < at_once) return 2;
  for (int i = optind; i < argc; i++) add_case(argv[i], rounds);
  prepare(variables);
  char line[16];
  for (int round = 0; round <= rounds; round++) {
    if (turns && fgets(line, sizeof line, stdin) == NULL) die("no turn");
    run_round(round);
    if (turns) print_round(round);
  }
  print_summary(rounds);
}
