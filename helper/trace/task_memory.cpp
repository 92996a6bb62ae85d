#include "helper/trace/task_memory.h"

#include <sys/uio.h>

#include <array>
#include <climits>
#include <cstring>

namespace rind {

std::string in_proc(int task, const std::string& file) {
  return "/proc/" + std::to_string(task) + "/" + file;
}

std::optional<std::string> read_memory(int task, uint64_t address, size_t size) {
  std::string bytes(size, '\0');
  const struct iovec local = {bytes.data(), size};
  const struct iovec remote = {reinterpret_cast<void*>(address), size};
  if (::process_vm_readv(task, &local, 1, &remote, 1, 0) != static_cast<ssize_t>(size)) {
    return std::nullopt;
  }
  return bytes;
}

std::optional<std::string> read_string(int task, uint64_t address) {
  constexpr size_t kPage = 4096;
  std::string text;
  while (text.size() < PATH_MAX) {
    // Not beyond a page: the next one may not be mapped.
    const uint64_t at = address + text.size();
    const std::optional<std::string> part = read_memory(task, at, kPage - at % kPage);
    if (!part) return std::nullopt;
    const size_t length = ::strnlen(part->data(), part->size());
    text.append(*part, 0, length);
    if (length < part->size()) return text;
  }
  return text;  // too long: the kernel says so
}

}  // namespace rind
