#include "common/base/read_entries.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string_view>

#include "common/base/error.h"

namespace rind::sys {

// The kernel's struct linux_dirent64 is the C library's struct dirent on every 64-bit machine.
static_assert(sizeof(off_t) == 8 && sizeof(ino_t) == 8 && offsetof(dirent, d_name) == 19);

bool read_entries(int readable, const std::string& name, DirectoryRoom& room,
                  const std::function<bool(const dirent&)>& use) {
  for (;;) {
    const long size = ::syscall(SYS_getdents64, readable, room.bytes, sizeof room.bytes);
    if (size < 0 && errno == ENOENT) return false;
    if (size < 0) throw_errno("read directory", name);
    if (size == 0) return true;
    for (long at = 0; at < size;) {
      const auto* entry = reinterpret_cast<const dirent*>(room.bytes + at);
      at += entry->d_reclen;
      const std::string_view entry_name = entry->d_name;
      if (entry_name != "." && entry_name != ".." && !use(*entry)) return true;
    }
  }
}

}  // namespace rind::sys
