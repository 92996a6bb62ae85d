// rind: the helper, in the container.
//
// Mounted over a seam, it takes the seam's call; under its own name, it is a tool. /proc/self/exe
// tells which: the kernel gives the path of the executed mount. The caller chooses argv[0], so that
// tells nothing.
#include <fcntl.h>

#include <cerrno>
#include <exception>
#include <string_view>

#include "common/base/error.h"
#include "common/base/exec_error.h"
#include "common/base/remedy.h"
#include "common/base/say.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/arena.h"
#include "helper/entry.h"
#include "helper/run.h"
#include "helper/seam_call.h"
#include "helper/tools/tool.h"

namespace rind {
namespace {

bool is_tool(const std::string& path) { return path == kit::kHelper || base_name(path) == "rind"; }

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

// The path of the mount that was executed. The kernel marks the path of a file that has been
// removed: an upgrade on the host replaces the helper, and containers that run keep the old one.
std::string own_path() {
  try {
    std::string path = sys::read_link(AT_FDCWD, "/proc/self/exe");
    constexpr std::string_view kMark = " (deleted)";
    if (path.ends_with(kMark)) path.erase(path.size() - kMark.size());
    return path;
  } catch (const SysError& e) {
    if (e.code() != ENOENT) throw;
    throw Error("find out which seam was called",
                "/proc does not show this process: a mount covers it, or it belongs to another pid "
                "namespace",
                "run the front end with the container's own /proc");
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
  constexpr size_t kOfAPlan = 256 * 1024;
  prepare_arena(kOfAPlan);
  sys::fill_standard_streams();
  if (argc < 1) return kExitOwnError;
  try {
    return take_call(argc, argv);
  } catch (const ExecError& e) {
    say(with_remedy(e, "check the command's name, its mode, its first line (#!) and PATH"));
    return exit_status(e);
  } catch (const std::exception& e) {
    say(with_remedy(e, "run /dev/rind/rind check in the container"));
    return kExitOwnError;
  }
}
