#include "helper/facts/paths.h"

#include <limits.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>

#include "common/base/error.h"

namespace rind {

std::string working_directory() {
  char buffer[PATH_MAX];
  if (::syscall(SYS_getcwd, buffer, sizeof buffer) < 0) throw_errno("get the working directory");
  // The kernel prefixes "(unreachable)" when the directory is outside of our root (CVE-2024-21626).
  if (buffer[0] != '/')
    throw Error("get the working directory", "it is outside of this process's root directory",
                "start the call in a directory of the container");
  return buffer;
}

PathFact path_fact(const std::string& path) {
  PathFact fact;
  struct stat st = {};
  // Most of the policy's paths are absent. realpath(3) makes a call for each component.
  if (::stat(path.c_str(), &st) != 0) return fact;
  const std::unique_ptr<char, void (*)(void*)> resolved(::realpath(path.c_str(), nullptr), &::free);
  if (!resolved || ::stat(resolved.get(), &st) != 0) return fact;
  fact.canonical = resolved.get();
  fact.mode = st.st_mode & 07777U;
  fact.type = S_ISDIR(st.st_mode)   ? PathFact::Type::kDirectory
              : S_ISREG(st.st_mode) ? PathFact::Type::kFile
                                    : PathFact::Type::kOther;
  struct statfs fs = {};
  if (S_ISDIR(st.st_mode) && ::statfs(resolved.get(), &fs) == 0 && fs.f_type == TMPFS_MAGIC) {
    fact.tmpfs_bytes = static_cast<uint64_t>(fs.f_blocks) * static_cast<uint64_t>(fs.f_bsize);
  }
  return fact;
}

}  // namespace rind
