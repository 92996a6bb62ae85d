#include "common/base/resolve.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/sys.h"
#include "common/base/try_open.h"

namespace rind {

namespace {

constexpr uint64_t kInTree = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;

}  // namespace

Fd Root::open(const UntrustedPath& path, int flags) const {
  return sys::open2(top_.get(), path.text(), flags, kInTree);
}

Fd try_open(const Root& root, const UntrustedPath& path, int flags, int& error) {
  return sys::try_open2(root.top(), path.text(), flags, kInTree, error);
}

std::string Root::dangling_link(const UntrustedPath& path) const {
  const auto open_if_any = [&](const std::string& part, int flags) -> Fd {
    try {
      return open(UntrustedPath(part), O_PATH | flags);
    } catch (const SysError& e) {
      if (sys::is_no_answer(e.code())) throw;
      return {};  // the path does not resolve here
    }
  };
  const std::string& text = path.text();
  for (size_t end = text.find('/', 1);; end = text.find('/', end + 1)) {
    std::string part = text.substr(0, end);
    const Fd entry = open_if_any(part, O_NOFOLLOW);
    if (!entry) return {};
    if (S_ISLNK(sys::stat_fd(entry.get(), part).st_mode) && !open_if_any(part, 0)) return part;
    if (end == std::string::npos) return {};
  }
}

Fd open_canonical(const std::string& path, int flags) {
  return sys::open2(AT_FDCWD, path, flags, RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
}

Fd try_open_canonical(const std::string& path, int flags) {
  return sys::try_open2(AT_FDCWD, path, flags, RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
}

}  // namespace rind
