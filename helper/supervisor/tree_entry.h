// An entry of a tree that somebody else wrote, as it was when a walk was at it.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "helper/facts/facts.h"

struct statx;

namespace rind {

// Device and inode.
using FileIdentity = std::pair<dev_t, ino_t>;

// The path of the entry `name` of the directory in which a walk is; "." and "": of the directory
// itself. For messages: in a deep tree a path is long, so it is made only when needed.
using PathOf = std::function<std::string(std::string_view name)>;

// An entry of the tree, before it is changed. It is valid while a walk is at it: a walk allocates
// nothing for an entry.
struct TreeEntry {
  Owner owner;
  mode_t mode = 0;  // with the type
  FileIdentity identity;
  int64_t birth = 0;  // nanoseconds; 0 where the file system does not know it
  // The directory that contains it, open. For a directory: the directory itself, and the name ".".
  int directory = -1;
  const char* name = "";  // another process may give it to another file: change `held` instead
  // The entry itself: O_PATH, or for a directory open for reading. -1 where a walk only looks.
  int held = -1;
  // The group of files that are made beside it, where the directory passes its own on (setgid).
  std::optional<unsigned> inherited = {};
  const PathOf* place = nullptr;

  std::string path() const { return place != nullptr ? (*place)(name) : std::string(name); }
  bool is_directory() const { return S_ISDIR(mode); }
};

// The open file or directory `held` as an entry without a name, `place` and `inherited`. Throws
// SysError.
TreeEntry look_at_entry(int held);

// statx(2) with what an entry needs, of `name` in `directory` and not through a link. Returns false
// and errno.
bool look_at(int directory, const char* name, struct statx& st);
// The same of the open file itself: the kernel looks no name up. Throws SysError.
struct statx look_at(int held);
FileIdentity identity_of(const struct statx& st);
// Without `held`, `inherited` and `place`. name: must live as long as the entry.
TreeEntry entry_of(int directory, const char* name, const struct statx& st);

// When a name was last added to the directory or removed from it; the time that a file system would
// note now at the earliest; and the time. In nanoseconds.
int64_t changed_at(const struct statx& directory);
int64_t time_of_files();
int64_t time_now();

}  // namespace rind
