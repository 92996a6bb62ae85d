#include "helper/supervisor/owner_memory.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <functional>
#include <string_view>

#include "common/base/error.h"

namespace rind {
namespace {

// A digest of the file handle; 0 where the file system has none.
int64_t handle_of(const TreeEntry& file) {
  union {
    struct file_handle handle;
    char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
  } found = {};
  found.handle.handle_bytes = MAX_HANDLE_SZ;
  int mount_id = 0;
  const int flags = *file.name == '\0' ? AT_EMPTY_PATH : 0;
  if (::name_to_handle_at(file.directory, file.name, &found.handle, &mount_id, flags) != 0) {
    return 0;
  }
  const std::string_view bytes(reinterpret_cast<const char*>(found.handle.f_handle),
                               found.handle.handle_bytes);
  return static_cast<int64_t>(std::hash<std::string_view>()(bytes) | 1);
}

int64_t birth_of(const TreeEntry& file) { return file.birth != 0 ? file.birth : handle_of(file); }

}  // namespace

void OwnerMemory::remember(const TreeEntry& file, Owner owner) {
  constexpr size_t kMostFiles = 2'000'000, kMostOwners = 4096;
  const auto found = std::find(owners_.rbegin(), owners_.rend(), owner);
  const size_t index =
      found == owners_.rend() ? owners_.size() : static_cast<size_t>(owners_.rend() - found) - 1;
  if (known_.size() >= kMostFiles || index >= kMostOwners) {
    throw Error("remember the owners of a tree's files",
                "too many files belong to users other than the builder",
                "run `chown -R` on the tree, with the builder's uid and gid");
  }
  if (index == owners_.size()) owners_.push_back(owner);
  known_.push_back(
      {file.identity, birth_of(file), file.mode & S_IFMT, static_cast<uint32_t>(index)});
  sorted_ = false;
}

std::optional<Owner> OwnerMemory::owner_of(const TreeEntry& file) {
  // The latest first: after a walk that failed half way, a file can be known twice.
  if (!sorted_) std::stable_sort(known_.begin(), known_.end());
  sorted_ = true;
  const Known wanted = {file.identity, 0, file.mode & S_IFMT, 0};
  const auto [first, last] = std::equal_range(known_.begin(), known_.end(), wanted);
  if (first == last) return std::nullopt;
  const int64_t birth = birth_of(file);
  for (auto known = last; known != first;) {
    --known;
    const bool born_then = known->birth == birth || known->birth == 0 || birth == 0;
    if (known->type == wanted.type && born_then) return owners_[known->owner];
  }
  return std::nullopt;
}

}  // namespace rind
