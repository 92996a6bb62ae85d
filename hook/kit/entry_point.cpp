#include "hook/kit/entry_point.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <utility>

#include "common/base/error.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "hook/kit/shebang.h"

namespace rind::hook {
namespace {

constexpr size_t kPathElements = 256;

Error cannot_narrow(const std::string& why) {
  return Error("remove variables from the environment of the container's entry point", why,
               "start the container with another command, or remove these variables from "
               "narrow.environment in the policy");
}

class EntrySearch {
 public:
  EntrySearch(const Root& rootfs, const Config& config)
      : rootfs_(rootfs), cwd_(config.working_directory) {}

  // If `path` is an executable file, takes its ELF file and returns true.
  bool take(const std::string& path) {
    Fd file = open_program(path);
    if (!file) return false;
    std::string at = path;
    for (int depth = 0;; ++depth) {
      const ProgramStart start = read_start(file.get(), at);
      if (start.kind == ProgramStart::Kind::kElf) break;
      if (start.kind == ProgramStart::Kind::kOther) {
        throw cannot_narrow(at + " is neither an ELF file nor a script that names an interpreter");
      }
      if (depth == kInterpreterDepth) {
        throw cannot_narrow(path + " has a longer chain of interpreters than the kernel allows");
      }
      at = start.interpreter[0] == '/' ? start.interpreter : cwd_ + "/" + start.interpreter;
      file = open_program(at);
      if (!file) throw cannot_narrow("the interpreter " + at + " cannot be executed");
    }
    if (seen_.insert(sys::path_of(file.get())).second) {
      found_.push_back({kit::SeamKind::kEntry, std::move(file)});
    }
    return true;
  }

  std::vector<FoundSeam> result() { return std::move(found_); }

 private:
  // Returns an empty Fd when `path` cannot be executed: runtimes then try the next element of PATH.
  Fd open_program(const std::string& path) const {
    Fd file;
    try {
      file = rootfs_.open(UntrustedPath(path), O_PATH);
    } catch (const SysError& e) {
      // With CAP_DAC_READ_SEARCH, EACCES means that the owner is not mapped into the container, so
      // that no process in it can open the path. Other errors may not occur in the container: a
      // link through /proc (ELOOP), for example, may resolve there.
      if (e.code() == EACCES) return Fd();
      if (e.code() != ENOENT && e.code() != ENOTDIR) throw cannot_narrow(e.what());
      const std::string link = rootfs_.dangling_link(UntrustedPath(path));
      if (!link.empty()) {
        throw cannot_narrow("the symlink " + link +
                            " does not resolve outside of the running container");
      }
      return Fd();
    }
    const struct stat st = sys::stat_fd(file.get(), path);
    // The kernel executes only regular files with at least one x bit, even for root.
    if (!S_ISREG(st.st_mode) || (st.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0) {
      return Fd();
    }
    return file;
  }

  // file: a regular file, so that opening it has no side effect and reading it does not block.
  static ProgramStart read_start(int file, const std::string& path) {
    const Fd readable = sys::open(AT_FDCWD, "/proc/self/fd/" + std::to_string(file), O_RDONLY);
    char bytes[kStartBytes];
    size_t size = 0;
    while (size < sizeof bytes) {
      const ssize_t n = ::read(readable.get(), bytes + size, sizeof bytes - size);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) throw_errno("read", path);
      if (n == 0) break;
      size += static_cast<size_t>(n);
    }
    return program_start(std::string_view(bytes, size));
  }

  const Root& rootfs_;
  const std::string cwd_;
  std::set<std::string> seen_;
  std::vector<FoundSeam> found_;
};

std::string from(const std::string& directory, const std::string& path) {
  return path.empty() || path[0] != '/' ? directory + "/" + path : path;
}

}  // namespace

std::vector<std::string> entry_candidates(const Config& config) {
  if (config.arguments.empty() || config.arguments[0].empty()) {
    throw cannot_narrow("config.json names no command");
  }
  const std::string& program = config.arguments[0];
  if (program[0] == '/') return {program};
  std::vector<std::string> candidates;
  const bool has_slash = program.find('/') != std::string::npos;
  if (has_slash) candidates.push_back(from(config.working_directory, program));
  if (has_slash && program[0] == '.') return candidates;
  for (const auto& entry : config.environment) {
    if (entry.rfind("PATH=", 0) != 0) continue;
    for (const auto& element : split(entry.substr(5), ':')) {
      candidates.push_back(from(config.working_directory, element) + "/" + program);
      if (candidates.size() > kPathElements) throw cannot_narrow("its PATH has too many elements");
    }
  }
  return candidates;
}

std::vector<FoundSeam> find_entry(const Root& rootfs, const Config& config) {
  const std::vector<std::string> candidates = entry_candidates(config);
  if (candidates == std::vector<std::string>{kit::kHelper}) return {};
  EntrySearch search(rootfs, config);
  bool any = false;
  for (const auto& path : candidates) any = search.take(path) || any;
  if (!any) {
    throw cannot_narrow("the container has no program " + config.arguments[0]);
  }
  return search.result();
}

}  // namespace rind::hook
