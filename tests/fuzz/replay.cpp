// Runs fuzz targets without libFuzzer: rind-fuzz-replay CORPUS SECONDS [TARGET...]
//
// Each target gets each file in CORPUS/TARGET, and then, for SECONDS in all, changes of them. The
// changes are the same in each run. A line on standard output says "TARGET EXECUTIONS". Where a
// target crashes or takes more than 20 seconds for an input, the input is in crash-TARGET, in the
// working directory.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "tests/fuzz/property.h"
#include "tests/fuzz/targets.h"

namespace {

using rind::fuzz::Target;
using Clock = std::chrono::steady_clock;

constexpr unsigned kSecondsForInput = 20;
constexpr size_t kLongest = 64 * 1024;

const Target* running = nullptr;
std::string input;

// By which tests/fuzz/replay.sh sees that a property can fail. Runs only when it is named.
void self_test(std::string_view text) {
  rind::fuzz::require(text != "property", "the self-test's");
}
constexpr Target kSelfTest = {"self_test", self_test};

// Async-signal-safe.
void keep_input(int signal) {
  static char name[128] = "crash-";
  size_t at = 6;
  for (const char* c = running->name; *c != '\0' && at < sizeof name - 1; ++c) name[at++] = *c;
  const int file = ::open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (::write(file, input.data(), input.size()) < 0) ::_exit(1);
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

void run(const Target& target) {
  ::alarm(kSecondsForInput);
  target.run(input);
}

std::vector<std::string> corpus_of(const std::string& directory) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> texts;
  for (const auto& file : files) {
    std::ifstream stream(file, std::ios::binary);
    texts.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  return texts;
}

// `text` with one change. other: a text to take parts from.
void change(std::string& text, const std::string& other, std::mt19937& random) {
  static const std::string kParts[] = {std::string(1, '\0'),
                                       "\n",
                                       "/",
                                       "..",
                                       "\"",
                                       "\\",
                                       "{",
                                       "}",
                                       "[",
                                       "]",
                                       ":",
                                       ",",
                                       "=",
                                       "*",
                                       "@",
                                       "?",
                                       "#",
                                       "%",
                                       "-",
                                       " ",
                                       "\xff",
                                       "\x80",
                                       "18446744073709551616",
                                       "-1",
                                       "null",
                                       "\\u0000",
                                       "://"};
  const size_t at = text.empty() ? 0 : random() % (text.size() + 1);
  const size_t length = 1 + random() % 16;
  switch (random() % 6) {
    case 0:
      if (at < text.size()) text[at] = static_cast<char>(random());
      break;
    case 1:
      text.erase(at, length);
      break;
    case 2:
      if (!text.empty()) text.insert(at, text.substr(random() % text.size(), length));
      break;
    case 3:
      text.insert(at, kParts[random() % std::size(kParts)]);
      break;
    case 4:
      if (!other.empty()) text.insert(at, other.substr(random() % other.size(), 4 * length));
      break;
    default:
      text.resize(at);
  }
  if (text.size() > kLongest) text.resize(kLongest);
}

// So that a faster machine tries nothing that no slower one has tried.
constexpr size_t kMostChanges = 20'000;

// Returns the executions.
size_t fuzz(const Target& target, const std::string& corpus, Clock::duration time) {
  running = &target;
  const std::vector<std::string> texts = corpus_of(corpus + "/" + target.name);
  if (texts.empty()) {
    std::fprintf(stderr, "there is no corpus of %s\n", target.name);
    std::exit(2);
  }
  size_t executions = 0;
  for (const auto& text : texts) {
    input = text;
    run(target);
    ++executions;
  }
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same ones in every run
  const size_t most = executions + kMostChanges;
  for (const auto end = Clock::now() + time; executions < most && Clock::now() < end;
       ++executions) {
    input = texts[random() % texts.size()];
    for (unsigned n = 1 + random() % 4; n > 0; --n) {
      change(input, texts[random() % texts.size()], random);
    }
    run(target);
  }
  ::alarm(0);
  return executions;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: rind-fuzz-replay CORPUS SECONDS [TARGET...]\n");
    return 2;
  }
  const std::vector<std::string> names(argv + 3, argv + argc);
  std::vector<Target> chosen;
  for (const auto& target : rind::fuzz::all_targets()) {
    const bool named = std::find(names.begin(), names.end(), target.name) != names.end();
    if (names.empty() || named) chosen.push_back(target);
  }
  if (names == std::vector<std::string>{kSelfTest.name}) chosen.push_back(kSelfTest);
  if (chosen.empty() || (!names.empty() && chosen.size() != names.size())) {
    std::fprintf(stderr, "there is no such target\n");
    return 2;
  }
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGALRM}) {
    ::signal(signal, keep_input);
  }
  const std::chrono::duration<double> all(std::atof(argv[2]));
  const auto each = std::chrono::duration_cast<Clock::duration>(all / chosen.size());
  for (const auto& target : chosen) {
    std::printf("%s %zu\n", target.name, fuzz(target, argv[1], each));
    std::fflush(stdout);
  }
  return 0;
}
