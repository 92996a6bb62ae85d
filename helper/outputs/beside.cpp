#include "helper/outputs/beside.h"

#include <fcntl.h>
#include <sys/xattr.h>

#include <cerrno>

#include "common/base/error.h"
#include "common/base/fd.h"
#include "common/base/held.h"
#include "common/base/resolve.h"
#include "common/base/say.h"
#include "common/base/sys.h"
#include "helper/step/marks.h"

namespace rind {
namespace {

Fd open_directory(const std::string& path) {
  return open_canonical(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

}  // namespace

void mark_filled(int directory, const std::string& name) {
  sys::set_attribute(directory, kFilledMark, "1", name);
}

FilledMarks::FilledMarks(const Step& step) : directories_(step.beside) {
  for (const auto& path : directories_) mark_filled(open_directory(path).get(), path);
}

void FilledMarks::settle() {
  settled_ = true;
  for (const auto& path : directories_) {
    const Fd directory = open_directory(path);
    if (!sys::is_empty(directory.get(), path)) {
      mark_filled(directory.get(), path);
    } else if (::fremovexattr(directory.get(), kFilledMark) != 0 && errno != ENODATA) {
      throw_errno("remove an attribute of", path);
    }
  }
}

FilledMarks::~FilledMarks() {
  try {
    if (!settled_) settle();
  } catch (const Error& e) {
    say(e.what());  // another error is being thrown
  }
}

}  // namespace rind
