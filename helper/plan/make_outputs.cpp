#include "helper/plan/make_outputs.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "common/base/error.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"
#include "common/base/text.h"

namespace rind {
namespace {

Fd open_parent(const std::string& path) {
  return open_canonical(parent_of(path), O_PATH | O_DIRECTORY);
}

}  // namespace

void make_missing_outputs(const Step& step) {
  if (step.kind != Step::Kind::kPipWheel) return;
  for (const auto& output : step.outputs) {
    const Fd parent = open_parent(output.path);
    if (::mkdirat(parent.get(), base_name(output.path).c_str(), 0777) != 0 && errno != EEXIST) {
      throw_errno("make directory", output.path);
    }
  }
  if (step.log.empty()) return;
  // Keep an existing log: pip appends to it.
  const Fd parent = open_parent(step.log);
  const Fd log = sys::open(parent.get(), base_name(step.log),
                           O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0666);
  if (!S_ISREG(sys::stat_fd(log.get(), step.log).st_mode)) {
    throw Error("write the step's log " + step.log, "it is not a regular file",
                "let the front end use another --log");
  }
}

}  // namespace rind
