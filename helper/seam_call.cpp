#include "helper/seam_call.h"

#include <unistd.h>

#include <utility>

#include "common/base/error.h"
#include "common/base/say.h"
#include "common/base/text.h"
#include "helper/backend_server.h"
#include "helper/facts/interpreter_facts.h"
#include "helper/plan_call.h"
#include "helper/run.h"
#include "helper/script_shell.h"
#include "helper/seam_choice.h"
#include "helper/trusted.h"

namespace rind {
namespace {

const kit::Seam& seam_at(const Kit& kit, const std::string& path) {
  for (const auto& seam : kit.manifest.seams) {
    if (seam.path == path) return seam;
  }
  throw Error("take the call of " + path, "the kit does not know this seam",
              "recreate the container: its kit and its mounts do not match");
}

[[noreturn]] void run_call(const Kit& kit, const std::vector<std::string>& command,
                           const RunOptions& options = {}) {
  const Call call(command, current_environment());
  Planned planned = plan_call(kit, call, options);
  if (!planned.step) run_trusted(planned.executable, command);
  leave(run_step(kit, planned, options));
}

// The hook did not find a script that calls unshare by its shebang line: the steps of that script
// would not be isolated.
void require_no_script(const Kit& kit, const std::vector<std::string>& arguments) {
  const std::string script = "/" + kit.policy->seams.script_file;
  for (const auto& word : arguments) {
    if (!word.ends_with(script)) continue;
    throw Error("run the step",
                "it was called through " + word + ", which the helper does not cover",
                "add the directory above " + kit.policy->seams.script_file +
                    " to seams.script.directories in the policy");
  }
}

int take_unshare_call(const Kit& kit, const kit::Seam& seam, const std::vector<std::string>& argv) {
  const std::vector<std::string> arguments(argv.begin() + 1, argv.end());
  const auto command = unshare_command(kit.policy->seams, arguments);
  if (command) run_call(kit, *command);
  require_no_script(kit, arguments);
  run_original(seam.original, argv);
}

int take_script_call(const Kit& kit, const kit::Seam& seam, const std::vector<std::string>& argv) {
  if (argv.size() < 2) {
    say(seam.path + " command");
    return 2;  // as the script
  }
  set_script_variables();
  RunOptions options;
  options.script = seam.path;
  options.inside_root = ::geteuid() == 0 || script_maps_root();
  run_call(kit, std::vector<std::string>(argv.begin() + 1, argv.end()), options);
}

// Runs the interpreter's call as a step if it is one. Otherwise it is the front end's own: it
// executes the original, and reads no policy.
int take_interpreter_call(const kit::Manifest& manifest, const kit::Seam& seam,
                          const std::string& path, const std::vector<std::string>& argv) {
  const std::optional<Call> step =
      step_of_interpreter(manifest, path, given_path(), argv, current_environment());
  if (!step) run_original(seam.original, argv);
  const Kit kit = read_kit();
  const auto run = [&](const std::vector<std::string>& words) {
    const Call call(words, step->environment, true, step->interpreter_environment);
    RunOptions options;
    options.always_step = true;
    Planned planned = plan_call(kit, call, options);
    // Its request is gone when it has read it.
    if (is_backend_server(words)) planned.plan.limits.traced_rerun = 0;
    return run_step(kit, planned, options);
  };
  if (is_backend_server(step->command)) return serve_backend(step->command, run);
  leave(run(step->command));
}

// Takes the call of a copy of the helper: `venv --copies` copies the helper that covers the
// interpreter.
int take_copys_call(const kit::Manifest& manifest, const std::string& path,
                    const std::vector<std::string>& argv) {
  const kit::Seam* seam = seam_of_copy(manifest, path);
  if (seam == nullptr) {
    throw Error(
        "run " + path,
        "it is a copy of Rind's helper, and the kit does not know which interpreter it replaces",
        "make the environment again, with links where possible (python -m venv --symlinks)");
  }
  return take_interpreter_call(manifest, *seam, path, argv);
}

}  // namespace

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
      case kit::SeamKind::kInterpreter:  // the target of a link may have any name:
                                         // platform-python3.6
        return take_interpreter_call(kit.manifest, seam, path, argv);
      case kit::SeamKind::kEntry:
        break;
    }
    throw Error("take the call of " + path, "the kit does not list it as a container's entry point",
                "recreate the container: its kit is damaged");
  } catch (const Error& e) {
    if (!is_probe(argv)) throw;
    say(e.what());
    return 0;
  }
}

}  // namespace rind
