#include "helper/backend_server.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/base/say.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/pid1/signals.h"
#include "helper/step/python_command.h"

namespace rind {
namespace {

constexpr size_t kLongestRequest = 1024 * 1024;  // bytes
constexpr const char* kStarted = "started backend ";
constexpr const char* kAnswered = "Backend: Wrote response ";

// Byte by byte: what follows the line belongs to the next request. Nothing at the end of input.
std::optional<std::string> read_line() {
  std::string line;
  for (char c = 0;;) {
    const ssize_t n = ::read(STDIN_FILENO, &c, 1);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_errno("read", "a request to the build back end");
    if (n == 0) return line.empty() ? std::nullopt : std::optional(line);
    if (c == '\n') return line;
    if (c != '\r') line += c;
    if (line.size() > kLongestRequest) {
      throw Error("read a request to the build back end", "it is longer than 1 MiB",
                  "let the front end pass fewer arguments and variables");
    }
  }
}

struct Request {
  std::string command, result;
};

// Nothing for a line that is no request.
std::optional<Request> parse(const std::string& line) {
  try {
    const Json value = parse_json(line, "a request to the build back end");
    if (!value.is_object()) return std::nullopt;
    const auto command = value.find("cmd"), result = value.find("result");
    if (command == value.end() || result == value.end()) return std::nullopt;
    if (!command->is_string() || !result->is_string()) return std::nullopt;
    return Request{command->get<std::string>(), result->get<std::string>()};
  } catch (const Error&) {
    return std::nullopt;
  }
}

// The end of the server, by the front end's own request. No package's code takes part.
void answer_exit(const std::string& path) {
  const Fd file = sys::open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0666);
  sys::write_all(file.get(), R"({"return": 0})", path);
  print(std::string(kAnswered) + "{'return': 0} to " + path + "\n");
}

// Writes the step's answer again from the parsed value, as that of a hook (helper/outputs): the
// front end's parser gets nothing that is too large or too deep.
void clean_answer(const std::string& path) {
  const std::string text = sys::read_file(path, kLongestRequest);
  const std::string clean = parse_json(text, path).dump();
  const Fd file = sys::open(AT_FDCWD, path, O_WRONLY | O_TRUNC | O_NOFOLLOW);
  sys::write_all(file.get(), clean, path);
}

Fd make_memory(const char* name) {
  Fd fd(::memfd_create(name, MFD_CLOEXEC));
  if (!fd) throw_errno("memfd_create", name);
  return fd;
}

// The step that a signal is for.
volatile sig_atomic_t g_step = 0;

void pass_on(int signal) {
  if (g_step > 0) ::kill(static_cast<pid_t>(g_step), signal);
}

// Passes the signals by which a front end ends a server on to the step while it runs.
class PassSignals {
 public:
  explicit PassSignals(pid_t step) {
    g_step = step;
    struct sigaction action = {};
    action.sa_handler = pass_on;
    for (size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &action, &before_[i]);
  }
  ~PassSignals() {
    for (size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &before_[i], nullptr);
    g_step = 0;
  }
  PassSignals(const PassSignals&) = delete;
  PassSignals& operator=(const PassSignals&) = delete;

 private:
  static constexpr std::array<int, 4> kSignals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
  std::array<struct sigaction, 4> before_ = {};
};

// Prints what the step wrote, without its own start. Returns whether it answered.
bool print_output(const Fd& output) {
  if (::lseek(output.get(), 0, SEEK_SET) != 0) throw_errno("seek", "the step's output");
  constexpr size_t kMost = size_t{1} << 30;
  const std::string text = sys::read_all(output.get(), kMost, "the step's output");
  size_t start = 0;
  if (text.starts_with(kStarted)) start = std::min(text.find('\n'), text.size() - 1) + 1;
  print(text.substr(start));
  return text.find(kAnswered) != std::string::npos;
}

size_t place_of_reuse(const std::vector<std::string>& command) {
  const PythonCommand python = parse_python_command(command);
  return command.size() - python.arguments.size();
}

}  // namespace

bool is_backend_server(const std::vector<std::string>& argv) {
  const PythonCommand python = parse_python_command(argv);
  return python.what == PythonCommand::What::kScript &&
         python.name.ends_with("/pyproject_api/_backend.py") && python.arguments.size() >= 2;
}

int serve_backend(const std::vector<std::string>& command,
                  const std::function<int(const std::vector<std::string>&)>& run) {
  const size_t at = place_of_reuse(command);
  std::vector<std::string> once = command;
  once[at] = "False";
  const bool serves_more = command[at] == "True" || command[at] == "true";
  print(std::string(kStarted) + command[at + 1] + "\n");
  while (const auto line = read_line()) {
    if (line->empty()) continue;
    const auto request = parse(*line);
    if (!request) {
      say(printable("the build back end got a line that is no request: " + *line));
      continue;
    }
    if (request->command == "_exit") {
      answer_exit(request->result);
      return 0;
    }
    const Fd input = make_memory("request"), output = make_memory("output");
    sys::write_all(input.get(), *line + "\n", "a request to the build back end");
    if (::lseek(input.get(), 0, SEEK_SET) != 0) throw_errno("seek", "the request");
    const pid_t step = ::fork();
    if (step < 0) throw_errno("fork");
    if (step == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGTERM);
      if (::dup2(input.get(), STDIN_FILENO) < 0 || ::dup2(output.get(), STDOUT_FILENO) < 0) {
        throw_errno("dup2");
      }
      return run(once);
    }
    int status = 0;
    {
      const PassSignals signals(step);
      status = sys::wait_for(step);
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) clean_answer(request->result);
    const bool answered = print_output(output);
    if (WIFSIGNALED(status)) die_by(WTERMSIG(status));
    if (!answered || !serves_more) return WEXITSTATUS(status);
  }
  return 0;
}

}  // namespace rind
