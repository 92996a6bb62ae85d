#include "helper/supervisor/git_repository.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>

#include "common/base/error.h"
#include "common/base/held.h"
#include "common/base/look.h"
#include "common/base/sys.h"

namespace rind::git {
namespace {

bool exists(int directory, const char* name) {
  struct stat st = {};
  return sys::try_lstat(directory, name, st);
}

// True when the directory has a HEAD of a repository: it begins with "ref:" or the digits of a
// commit, or is a link to refs/.
bool is_head(int directory) {
  const Fd held = sys::hold(directory, "HEAD");
  if (!held) return false;
  const struct stat st = sys::stat_fd(held.get(), "HEAD");
  if (S_ISLNK(st.st_mode)) return true;
  if (!S_ISREG(st.st_mode)) return false;
  const Fd file = open_file(held.get(), "HEAD");
  char text[40] = {};
  const ssize_t got = ::pread(file.get(), text, sizeof text, 0);
  // Without an answer, what git runs there would stay.
  if (got < 0) throw_errno("read", sys::path_of(file.get()));
  if (got >= 4 && std::string(text, 4) == "ref:") return true;
  return got == sizeof text && std::all_of(text, text + sizeof text, [](char c) {
           return std::isxdigit(static_cast<unsigned char>(c)) != 0;
         });
}

// git does not run hooks with this suffix; `git init` makes a dozen of them.
bool is_sample(const std::string& name) { return name.ends_with(".sample"); }

}  // namespace

Fd open_place(int top, const std::string& place) {
  try {
    Fd directory = sys::open2(top, place.empty() ? "." : place, O_RDONLY | O_DIRECTORY,
                              RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
    const bool ours = sys::stat_fd(directory.get(), place).st_uid == ::geteuid();
    if (!ours && !sys::may_access(directory.get(), ".", X_OK, AT_EACCESS)) return {};
    return directory;
  } catch (const SysError& e) {
    // git uses paths, too: it cannot reach directories deeper than the longest path.
    if (e.code() == ENOENT || e.code() == ENOTDIR || e.code() == ELOOP ||
        e.code() == ENAMETOOLONG) {
      return {};
    }
    throw;
  }
}

Fd open_below(int directory, const std::string& name) {
  try {
    return sys::open(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  } catch (const SysError& e) {
    if (e.code() == ENOENT || e.code() == ENOTDIR || e.code() == ELOOP) return {};
    throw;
  }
}

Fd open_file(int held, const std::string& name) {
  constexpr int kFlags = O_RDONLY | O_NONBLOCK;
  try {
    return sys::open_held(held, kFlags, name);
  } catch (const SysError& e) {
    if (e.code() != EACCES) throw;
    const mode_t mode = sys::stat_fd(held, name).st_mode;
    if (!S_ISREG(mode)) throw;
    sys::set_mode(held, (mode & 07777) | S_IRUSR, name);
    return sys::open_held(held, kFlags, name);
  }
}

bool is_repository(int directory) {
  const bool parts =
      exists(directory, "objects") || exists(directory, "refs") || exists(directory, kCommon);
  return parts && is_head(directory);
}

std::vector<std::string> hooks_in(const Fd& hooks, size_t most) {
  std::vector<std::string> names;
  sys::for_each_entry(hooks.get(), "hooks", [&](const dirent& entry) {
    if (!is_sample(entry.d_name)) names.emplace_back(entry.d_name);
    if (names.size() > most)
      throw Error("keep git from running what the step left", "a repository has too many hooks",
                  "remove hooks from the repository (.git/hooks)");
    return true;
  });
  return names;
}

}  // namespace rind::git
