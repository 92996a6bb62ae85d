#include "helper/launch.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "common/error.h"
#include "common/sys.h"
#include "common/text.h"
#include "helper/argv.h"
#include "helper/call.h"
#include "helper/environment.h"
#include "helper/kit_read.h"
#include "helper/run.h"
#include "helper/sandbox.h"

namespace rind {
namespace {

constexpr const char* kWhat = "launch the container's command";
constexpr const char* kRecreate = "recreate the container, and look into the hook's journal";

void require_mount(const std::string& path) {
  const Fd file = sys::open(AT_FDCWD, path, O_PATH | O_NOFOLLOW);
  if (!sys::mount_place(file.get(), path).is_root) {
    throw Error(kWhat, "nothing is mounted at " + path, kRecreate);
  }
}

void require_covered(const std::string& seam) {
  struct stat helper = {}, found = {};
  if (::stat(kit::kHelper, &helper) != 0) throw_errno("stat", kit::kHelper);
  if (::stat(seam.c_str(), &found) != 0) {
    // Who may not reach a seam cannot run it either.
    if (errno == EACCES) return;
    throw_errno("look at the seam", seam);
  }
  if (found.st_dev != helper.st_dev || found.st_ino != helper.st_ino) {
    throw Error(kWhat, "the seam " + seam + " is not covered by the helper", kRecreate);
  }
}

void require_whole(const Kit& kit) {
  for (const char* path : {kit::kDirectory, kit::kHelper, kit::kAnchor}) require_mount(path);
  for (const auto& seam : kit.manifest.seams) require_covered(seam.path);
}

// As execvp(3), without its guess that what has no known format is a script for sh: the runtime
// does not guess either. Returns the errno that tells most.
int execute(const std::vector<std::string>& command, const std::vector<std::string>& environment) {
  const std::vector<char*> argv = argv_of(command), envp = argv_of(environment);
  if (command[0].find('/') != std::string::npos) {
    ::execve(command[0].c_str(), argv.data(), envp.data());
    return errno;
  }
  // What the runtimes take where the container has no PATH.
  constexpr const char* kPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  int told = ENOENT;
  for (const auto& directory : split(variable(environment, "PATH").value_or(kPath), ':')) {
    const std::string path = (directory.empty() ? "." : directory) + "/" + command[0];
    ::execve(path.c_str(), argv.data(), envp.data());
    if (errno == ENOENT || errno == ENOTDIR) continue;
    told = errno;
    if (errno != EACCES) break;  // it is there, and no other one is meant
  }
  return told;
}

}  // namespace

void launch(const std::vector<std::string>& command) {
  const Kit kit = read_kit();
  require_whole(kit);
  const auto environment =
      narrowed_environment(kit.policy.narrow.environment, current_environment());
  throw ExecError(command[0], execute(command, environment));
}

}  // namespace rind
