#include "helper/outputs/filled_marks.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/xattr.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "common/base/error.h"
#include "common/base/fd.h"
#include "common/base/held.h"
#include "common/base/look.h"
#include "common/base/resolve.h"
#include "common/base/say.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/beside_sources.h"
#include "helper/step/marks.h"

namespace rind {
namespace {

Fd open_directory(const std::string& path) {
  return open_canonical(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

Fd open_work(const std::string& path) { return open_directory(parent_of(path)); }

void remove_mark(int work, const std::string& attribute, const std::string& path) {
  if (::fremovexattr(work, attribute.c_str()) == 0 || errno == ENODATA) return;
  throw_errno("remove an attribute of", path);
}

// Removes the marks of directories that are not there any more.
void remove_old_marks(int work, const std::string& path) {
  std::vector<std::string> known;
  sys::for_each_entry(work, path, [&](const dirent& entry) {
    const Fd held = sys::open_if_any(work, entry.d_name, O_PATH | O_DIRECTORY | O_NOFOLLOW);
    if (!held) return true;
    if (const auto mark = filled_mark(held.get(), path)) known.push_back(mark->attribute);
    return true;
  });
  std::array<char, 65536> names;  // XATTR_LIST_MAX
  const ssize_t size = ::flistxattr(work, names.data(), names.size());
  if (size < 0) throw_errno("list the attributes of", path);
  for (const auto& name : split({names.data(), static_cast<size_t>(size)}, '\0')) {
    const bool current = std::find(known.begin(), known.end(), name) != known.end();
    if (name.starts_with(kFilledMark) && !current) remove_mark(work, name, path);
  }
}

}  // namespace

void mark_filled(int work, int directory, const std::string& path, bool was_empty) {
  const auto mark = filled_mark(directory, path);
  if (!mark) {
    throw Error("mark " + path, "its file system does not tell when a directory was made",
                "let the call write to its sources");
  }
  const std::string value = mark->value + (was_empty ? kWasEmpty : "");
  const auto set = [&] { sys::set_attribute(work, mark->attribute.c_str(), value, path); };
  try {
    set();
  } catch (const SysError& e) {
    if (e.code() != ENOSPC) throw;
    remove_old_marks(work, parent_of(path));
    set();
  }
}

FilledMarks::FilledMarks(const Step& step) : directories_(step.beside) {
  for (const auto& path : directories_) {
    const Fd directory = open_directory(path);
    mark_filled(open_work(path).get(), directory.get(), path, sys::is_empty(directory.get(), path));
  }
}

void FilledMarks::settle() {
  settled_ = true;
  for (const auto& path : directories_) {
    const Fd work = open_work(path), directory = open_directory(path);
    if (!sys::is_empty(directory.get(), path)) {
      mark_filled(work.get(), directory.get(), path);
    } else if (const auto mark = filled_mark(directory.get(), path)) {
      remove_mark(work.get(), mark->attribute, path);
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
