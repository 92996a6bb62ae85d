#include "helper/seam_choice.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/names.h"
#include "common/base/path_search.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/interpreter_facts.h"
#include "helper/facts/package_code.h"
#include "helper/facts/paths.h"

namespace rind {
namespace {

using Words = std::vector<std::string>;
using By = ChosenCall::By;

// A hook of a newer front end is a package's code, too.
void require_known_hook(const Words& argv) {
  if (argv.size() != 4 || !argv[1].ends_with("_in_process.py")) return;
  throw Error("recognise the hook " + argv[2], "it is not a hook of PEP 517 or PEP 660",
              "install a version of Rind that is as new as the front end");
}

void require_not_refused(const kit::Manifest& manifest, const Words& argv) {
  if (!is_listed(manifest.refused_calls, parse_python_command(argv))) return;
  std::string words;
  for (size_t i = 1; i < argv.size(); ++i) words += (i == 1 ? "" : " ") + argv[i];
  throw Error("run " + printable(words), "seams.interpreter.refuse in the policy lists this call",
              "build with a front end that calls hooks (python -m build), or change the policy");
}

// What the kernel executes in the end: `path` with `argv`. given: the path of the last script, or
// of the program.
struct Program {
  std::string path, given;
  Words argv;
};

std::string found_program(const std::string& name, const Words& environment) {
  for (const auto& path :
       search_candidates(name, variable(environment, "PATH").value_or("/usr/bin:/bin"))) {
    struct stat st = {};
    const bool file = sys::try_stat(path, st) && S_ISREG(st.st_mode);
    if (file && sys::may_access(path, X_OK)) return path;
  }
  return {};
}

// The first lines of a script; "" for other files.
std::string head_of_script(const std::string& path) {
  constexpr size_t kMost = 512;
  const Fd file = sys::open_if_any(AT_FDCWD, path, O_RDONLY | O_NONBLOCK);
  char bytes[kMost];
  const ssize_t n = file ? ::read(file.get(), bytes, sizeof bytes) : 0;
  if (n < 0) throw_errno("read", path);
  const std::string head(bytes, static_cast<size_t>(n));
  return head.starts_with("#!") ? head : std::string();
}

Words words_of(const std::string& line) {
  Words words;
  for (auto& word : split(line, ' ')) {
    if (!word.empty()) words.push_back(std::move(word));
  }
  return words;
}

// The program and first arguments that a script's first lines name. Long paths do not fit into a
// shebang line: then installers write `'''exec' PYTHON "$0" "$@"` for /bin/sh.
Words interpreter_words(const std::string& head) {
  const std::vector<std::string> lines = split(head, '\n');
  Words words = words_of(lines[0].substr(2));
  constexpr std::string_view kExec = "'''exec' ";
  const bool shell = !words.empty() && words[0] == "/bin/sh";
  if (shell && lines.size() > 1 && lines[1].starts_with(kExec)) {
    std::string program = lines[1].substr(kExec.size());
    program = program.substr(0, program.find(" \"$0\""));
    std::erase(program, '"');
    return {program};
  }
  return words;
}

// Follows shebang lines, and /usr/bin/env in them.
Program program_of(const Words& command, const Words& environment) {
  constexpr int kMost = 4;  // as the kernel
  Program program = {found_program(command[0], environment), {}, command};
  program.given = program.path;
  for (int i = 0; i < kMost && !program.path.empty(); ++i) {
    const std::string head = head_of_script(program.path);
    Words words = head.empty() ? Words() : interpreter_words(head);
    if (words.empty()) break;
    const bool env = base_name(words[0]) == "env" && words.size() > 1;
    if (env) words.erase(words.begin());
    if (env && words[0] == "-S" && words.size() > 1) words.erase(words.begin());
    const std::string script = program.path;
    program.path = env ? found_program(words[0], environment) : words[0];
    program.given = env ? program.path : script;
    words.push_back(script);
    words.insert(words.end(), program.argv.begin() + 1, program.argv.end());
    program.argv = std::move(words);
  }
  return program;
}

const kit::Seam* seam_of(const kit::Manifest& manifest, const std::string& path) {
  for (const auto& seam : manifest.seams) {
    if (seam.path == path && seam.kind != kit::SeamKind::kEntry) return &seam;
  }
  const bool python = base_name(path).starts_with("python");
  return python && is_copy_of_helper(path) ? seam_of_copy(manifest, path) : nullptr;
}

ChosenCall taken_by(const Kit& kit, const kit::Seam& seam, const std::string& path,
                    const Program& program, const ChosenCall& otherwise) {
  const Words arguments(program.argv.begin() + 1, program.argv.end());
  const Words& environment = otherwise.call.environment;
  switch (seam.kind) {
    case kit::SeamKind::kScript:
      if (arguments.empty()) break;
      return {By::kScript, path, Call(arguments, environment),
              ::geteuid() == 0 || script_maps_root()};
    case kit::SeamKind::kUnshare:
      if (const auto command = unshare_command(kit.policy->seams, arguments)) {
        return {By::kUnshare, path, Call(*command, environment)};
      }
      break;
    case kit::SeamKind::kInterpreter:
      if (auto call =
              step_of_interpreter(kit.manifest, path, program.given, program.argv, environment)) {
        return {By::kInterpreter, path, std::move(*call)};
      }
      return {is_front_end(parse_python_command(program.argv)) ? By::kFrontEnd : By::kNone, path,
              otherwise.call};
    case kit::SeamKind::kEntry:
      break;
  }
  return otherwise;
}

}  // namespace

std::string to_string(ChosenCall::By by) {
  static constexpr Name<By> kNames[] = {{By::kNone, "none"},
                                        {By::kScript, "script"},
                                        {By::kUnshare, "unshare"},
                                        {By::kInterpreter, "interpreter"},
                                        {By::kFrontEnd, "interpreter"}};
  return name_of(kNames, by);
}

// Where there is the program hostname, which engines deny by default, the script fails, and the
// front end does without it: then the command has its caller's number.
bool script_maps_root() {
  const std::string own = ::getenv("PATH") != nullptr ? ::getenv("PATH") : "/usr/bin:/bin";
  const std::vector<std::string> places = search_candidates("hostname", own);
  return std::none_of(places.begin(), places.end(),
                      [](const auto& place) { return sys::may_access(place, X_OK); });
}

std::optional<Call> step_of_interpreter(const kit::Manifest& manifest, const std::string& executed,
                                        const std::string& given, const Words& argv,
                                        const Words& environment) {
  const InterpreterCall found = look_at_interpreter(manifest, executed, given, argv, environment);
  if (found.environment.empty() && !hook_call(argv)) {
    require_known_hook(argv);
    if (!runs_package_code(executed, argv, environment)) {
      require_not_refused(manifest, argv);
      return std::nullopt;
    }
  }
  Words command = argv;
  command[0] = found.program;
  return std::optional<Call>(std::in_place, std::move(command), environment, true,
                             found.environment);
}

ChosenCall choose_call(const Kit& kit, const Words& command, const Words& environment) {
  ChosenCall plain = {By::kNone, {}, Call(command, environment)};
  const Program program = program_of(command, environment);
  const std::string path = path_fact(program.path).canonical;
  const kit::Seam* seam = path.empty() ? nullptr : seam_of(kit.manifest, path);
  return seam == nullptr ? plain : taken_by(kit, *seam, path, program, plain);
}

}  // namespace rind
