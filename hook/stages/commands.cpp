#include "hook/stages/commands.h"

#include <fcntl.h>
#include <unistd.h>

#include <string>

#include "common/base/error.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "hook/paths.h"

namespace rind::hook {

void execute_commands(char* const* words) {
  const std::string own = sys::read_link(AT_FDCWD, "/proc/self/exe");
  const std::string path = parent_of(own) + "/" RIND_COMMANDS_FROM_HOOK;
  ::execv(path.c_str(), words);
  throw_errno("execute", path);
}

}  // namespace rind::hook
