// rind: the helper, in the container.
//
// Mounted over a seam it takes the seam's call; under its own name it is a tool. By which name it was
// executed says /proc/self/exe, the path of the mount that the kernel executed: argv[0] is the caller's.
#include <fcntl.h>

#include <cerrno>
#include <exception>

#include "common/error.h"
#include "common/sys.h"
#include "helper/run.h"
#include "helper/sandbox.h"
#include "helper/tool.h"
#include "helper/trusted.h"

namespace rind {
namespace {

void say(const std::string& line) {
  // Standard error is the caller's last resort; when it is closed the exit status must do.
  const std::string text = "rind: " + line + "\n";
  [[maybe_unused]] const ssize_t n = ::write(STDERR_FILENO, text.data(), text.size());
}

const kit::Seam& seam_at(const Kit& kit, const std::string& path) {
  for (const auto& seam : kit.manifest.seams) {
    if (seam.path == path) return seam;
  }
  throw Error("take the call of " + path, "the kit does not know this seam",
              "recreate the container: its kit and its mounts do not fit");
}

int run_call(const Kit& kit, const std::vector<std::string>& command, kit::SeamKind kind) {
  const Call call{command, current_environment()};
  const Planned planned = plan_call(kit, call, {}, false);
  if (!planned.step) run_trusted(command, kind == kit::SeamKind::kScript);
  return run_step(planned);
}

int take_seam_call(const std::string& path, const std::vector<std::string>& argv) {
  const Kit kit = read_kit();
  const kit::Seam& seam = seam_at(kit, path);
  const std::vector<std::string> arguments(argv.begin() + 1, argv.end());
  if (seam.kind == kit::SeamKind::kUnshare) {
    const auto command = unshare_command(kit.policy.seams, arguments);
    if (!command) run_original(seam.original, argv);
    return run_call(kit, *command, seam.kind);
  }
  if (arguments.empty()) {
    say(path + " command");
    return 2;  // as the script
  }
  return run_call(kit, arguments, seam.kind);
}

int main_throwing(int argc, char** argv) {
  const std::string path = sys::read_link(AT_FDCWD, "/proc/self/exe");
  const std::string own_name = path.substr(path.rfind('/') + 1);
  if (path == kit::kHelper || own_name == "rind") return run_tool(argc, argv);
  return take_seam_call(path, std::vector<std::string>(argv, argv + argc));
}

// Front ends ask with `true` whether isolation works, and when the answer is no, Fromager goes on
// without any. So the answer is yes, always; a container that cannot isolate fails at the first step.
bool is_probe(int argc, char** argv) { return argc == 2 && std::string(argv[1]) == "true"; }

int exit_status(const ExecError& error) {
  return error.code() == ENOENT || error.code() == ENOTDIR ? kExitNotFound : kExitCannotExecute;
}

}  // namespace
}  // namespace rind

int main(int argc, char** argv) {
  if (argc < 1) return rind::kExitOwnError;
  try {
    return rind::main_throwing(argc, argv);
  } catch (const rind::ExecError& e) {
    rind::say(e.what());
    return rind::exit_status(e);
  } catch (const std::exception& e) {
    rind::say(e.what());
    return rind::is_probe(argc, argv) ? 0 : rind::kExitOwnError;
  }
}
