#include "common/resolve.h"

#include <fcntl.h>
#include <linux/openat2.h>

#include "common/sys.h"

namespace rind {

Fd Root::open(const UntrustedPath& path, int flags) const {
  return sys::open2(top_.get(), path.text(), flags, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

Fd open_canonical(const std::string& path, int flags) {
  return sys::open2(AT_FDCWD, path, flags, RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
}

}  // namespace rind
