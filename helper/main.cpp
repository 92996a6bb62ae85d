// rind: the helper, in the container.
//
// Mounted over a seam it takes the seam's call; under its own name it is a tool. By which name it
// was executed says /proc/self/exe, the path of the mount that the kernel executed: argv[0] is the
// caller's.
#include <fcntl.h>

#include <cerrno>
#include <exception>

#include "common/base/error.h"
#include "common/base/say.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/entry.h"
#include "helper/facts/interpreter_facts.h"
#include "helper/run.h"
#include "helper/supervisor/supervisor.h"
#include "helper/tools/tool.h"
#include "helper/trusted.h"

namespace rind {
namespace {

const kit::Seam& seam_at(const Kit& kit, const std::string& path) {
  for (const auto& seam : kit.manifest.seams) {
    if (seam.path == path) return seam;
  }
  throw Error("take the call of " + path, "the kit does not know this seam",
              "recreate the container: its kit and its mounts do not fit");
}

int run_call(const Kit& kit, const std::vector<std::string>& command) {
  const Call call{command, current_environment(), false, ""};
  const Planned planned = plan_call(kit, call, {});
  if (!planned.step) run_trusted(planned.executable, command);
  return run_step(kit, planned, {});
}

// A script that the hook did not find calls unshare by its shebang line: its steps would not be
// isolated.
void require_no_script(const Kit& kit, const std::vector<std::string>& arguments) {
  const std::string script = "/" + kit.policy.seams.script_file;
  for (const auto& word : arguments) {
    if (!word.ends_with(script)) continue;
    throw Error("run the step", "it comes through " + word + ", which is not covered",
                "add the directory above " + kit.policy.seams.script_file +
                    " to seams.script.directories in the policy");
  }
}

int take_unshare_call(const Kit& kit, const kit::Seam& seam, const std::vector<std::string>& argv) {
  const std::vector<std::string> arguments(argv.begin() + 1, argv.end());
  const auto command = unshare_command(kit.policy.seams, arguments);
  if (command) return run_call(kit, *command);
  require_no_script(kit, arguments);
  run_original(seam.original, argv);
}

int take_script_call(const Kit& kit, const kit::Seam& seam, const std::vector<std::string>& argv) {
  if (argv.size() < 2) {
    say(seam.path + " command");
    return 2;  // as the script
  }
  return run_call(kit, std::vector<std::string>(argv.begin() + 1, argv.end()));
}

// A package without pyproject.toml can choose this way of pip's for itself. A step of it would take
// knowing its outputs; with PEP 517 it is a hook.
void require_no_setup_py(const std::vector<std::string>& argv) {
  if (!runs_setup_py(parse_python_command(argv))) return;
  throw Error("run setup.py for pip", "outside of a hook it cannot be isolated",
              "give pip --use-pep517, or set PIP_USE_PEP517=1");
}

// A hook that a later version of the front end knows is a package's code, too.
void require_known_hook(const std::vector<std::string>& argv) {
  if (argv.size() != 4 || !argv[1].ends_with("_in_process.py")) return;
  throw Error("recognise the hook " + argv[2], "it is none of PEP 517 and 660",
              "see that Rind is as new as the front end");
}

// An interpreter's call that is a step is one; the front end's own goes on as if nothing were
// there, with no policy read.
int take_interpreter_call(const kit::Manifest& manifest, const kit::Seam& seam,
                          const std::string& path, const std::vector<std::string>& argv) {
  Call call{argv, current_environment(), true, ""};
  const InterpreterCall found = look_at_interpreter(manifest, path, argv, call.environment);
  if (found.environment.empty() && !hook_call(argv)) {
    require_known_hook(argv);
    require_no_setup_py(argv);
    run_original(seam.original, argv);
  }
  call.command[0] = found.program;
  call.interpreter_environment = found.environment;
  const Kit kit = read_kit();
  RunOptions options;
  options.always_step = true;
  return run_step(kit, plan_call(kit, call, options), options);
}

// A copy under an interpreter's name, as `venv --copies` makes it of what lies over the
// interpreter.
int take_copys_call(const kit::Manifest& manifest, const std::string& path,
                    const std::vector<std::string>& argv) {
  const kit::Seam* seam = seam_of_copy(manifest, path);
  if (seam == nullptr) {
    throw Error(
        "run " + path,
        "it is a copy of Rind's helper, and the interpreter that it stands for is not known",
        "make the environment again, or with links (python -m venv --symlinks)");
  }
  return take_interpreter_call(manifest, *seam, path, argv);
}

bool is_tool(const std::string& path) { return path == kit::kHelper || base_name(path) == "rind"; }

// Front ends ask with `true` whether isolation works, and when the answer is no, Fromager goes on
// without any. So the answer is yes, always; a container that cannot isolate fails at the first
// step. The question is `SCRIPT true`, `unshare OPTION... true`, or by the script's shebang line
// `unshare OPTION... /bin/bash SCRIPT true`. The kit is not asked: it may be what is broken.
bool is_probe(const std::vector<std::string>& argv) {
  size_t first = 1;
  while (first < argv.size() && !argv[first].empty() && argv[first][0] == '-') ++first;
  const size_t left = argv.size() - first;
  if (left == 3) {
    return argv[first + 1].ends_with("/run_network_isolation.sh") && argv.back() == "true";
  }
  return left == 1 && argv.back() == "true";
}

int take_seam_call(const std::string& path, const std::vector<std::string>& argv) {
  if (base_name(path).starts_with("python")) {
    const kit::Manifest manifest = read_manifest();
    for (const auto& seam : manifest.seams) {
      if (seam.kind == kit::SeamKind::kInterpreter && seam.path == path) {
        return take_interpreter_call(manifest, seam, path, argv);
      }
    }
    return take_copys_call(manifest, path, argv);
  }
  try {
    const Kit kit = read_kit();
    const kit::Seam& seam = seam_at(kit, path);
    switch (seam.kind) {
      case kit::SeamKind::kUnshare:
        return take_unshare_call(kit, seam, argv);
      case kit::SeamKind::kScript:
        return take_script_call(kit, seam, argv);
      case kit::SeamKind::kInterpreter:  // behind a link it may have any name: platform-python3.6
        return take_interpreter_call(kit.manifest, seam, path, argv);
      case kit::SeamKind::kEntry:
        break;
    }
    throw Error("take the call of " + path, "the kit does not say that it is an entry point's",
                "recreate the container: its kit is damaged");
  } catch (const Error& e) {
    if (!is_probe(argv)) throw;
    say(e.what());
    return 0;
  }
}

int take_call(const std::string& path, int argc, char** argv) {
  const std::vector<std::string> words(argv, argv + argc);
  try {
    pass_entry(path, argv);
  } catch (const ExecError&) {
    throw;
  } catch (const Error& e) {
    if (is_tool(path) || !is_probe(words)) throw;
    say(e.what());
    return 0;
  }
  return is_tool(path) ? run_tool(argc, argv) : take_seam_call(path, words);
}

// The path of the mount that was executed.
std::string own_path() {
  try {
    return sys::read_link(AT_FDCWD, "/proc/self/exe");
  } catch (const SysError& e) {
    if (e.code() != ENOENT) throw;
    throw Error("tell which seam was called",
                "/proc does not show this process: it is covered, or of another pid namespace",
                "run the front end where /proc is the container's own");
  }
}

int take_call(int argc, char** argv) {
  std::string path;
  try {
    path = own_path();
  } catch (const Error& e) {
    if (!is_probe({argv, argv + argc})) throw;
    say(e.what());
    return 0;
  }
  return take_call(path, argc, argv);
}

int exit_status(const ExecError& error) {
  return error.code() == ENOENT || error.code() == ENOTDIR ? kExitNotFound : kExitCannotExecute;
}

}  // namespace
}  // namespace rind

int main(int argc, char** argv) {
  using namespace rind;
  sys::fill_standard_streams();
  if (argc < 1) return kExitOwnError;
  try {
    return take_call(argc, argv);
  } catch (const ExecError& e) {
    say(e.what());
    return exit_status(e);
  } catch (const std::exception& e) {
    say(e.what());
    return kExitOwnError;
  }
}
