#include "hook/records/lines.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "common/base/error.h"

namespace rind::hook {

void for_each_line(int file, const std::string& path,
                   const std::function<void(const std::string*, uint64_t, uint64_t)>& act) {
  constexpr size_t kBlock = 256 * 1024;
  std::string block(kBlock, '\0'), line;
  uint64_t begin = 0, number = 1, length = 0;  // of the line; `line` has no more than kLongestLine
  const auto end_line = [&] {
    act(length > kLongestLine ? nullptr : &line, begin, number++);
    begin += length + 1;
    length = 0;
    line.clear();
  };
  for (;;) {
    const ssize_t n = ::read(file, block.data(), block.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_errno("read", path);
    if (n == 0) break;
    const char* const end = block.data() + n;
    for (const char* at = block.data(); at < end;) {
      const void* found = std::memchr(at, '\n', static_cast<size_t>(end - at));
      const char* stop = found == nullptr ? end : static_cast<const char*>(found);
      length += static_cast<uint64_t>(stop - at);
      if (length <= kLongestLine) line.append(at, stop);
      if (found != nullptr) end_line();
      at = stop + (found == nullptr ? 0 : 1);
    }
  }
  if (length != 0) end_line();
}

}  // namespace rind::hook
