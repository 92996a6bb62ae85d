#include "helper/facts/package_directories.h"

#include <fcntl.h>
#include <linux/openat2.h>

#include <cerrno>

#include "common/base/error.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"

namespace rind {
namespace {

// Opens a real directory of `top`; nothing where there is none.
Fd try_directory(const Fd& top, const std::string& below) {
  try {
    return sys::open2(top.get(), below, O_RDONLY | O_DIRECTORY,
                      RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);
  } catch (const SysError& e) {
    for (const int code : {ENOENT, ENOTDIR, ELOOP, EXDEV, EACCES}) {
      if (e.code() == code) return {};
    }
    throw;
  }
}

}  // namespace

std::vector<std::string> package_directories(const std::string& environment) {
  std::vector<std::string> found;
  const Fd top = open_canonical(environment, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  for (const char* prefix : {"lib", "lib64", "local/lib", "overlay/lib", "overlay/local/lib",
                             "normal/lib", "normal/local/lib"}) {
    const Fd lib = try_directory(top, prefix);
    if (!lib) continue;
    sys::for_each_entry(lib.get(), prefix, [&](const dirent& entry) {
      const std::string python = entry.d_name;
      if (!python.starts_with("python3")) return true;
      for (const char* packages : {"site-packages", "dist-packages"}) {
        const std::string below = std::string(prefix) + "/" + python + "/" + packages;
        if (try_directory(top, below)) found.push_back(environment + "/" + below);
      }
      return true;
    });
  }
  return found;
}

}  // namespace rind
