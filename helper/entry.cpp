#include "helper/entry.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "common/base/error.h"
#include "common/base/exec_error.h"
#include "common/base/json.h"
#include "common/base/sys.h"
#include "common/kit/entry.h"

namespace rind {
namespace {

// Returns nothing where the policy drops no variable of this container.
std::optional<kit::Entry> read_entry() {
  const auto text = sys::try_read_file(kit::kEntryFile, kit::kEntryLimit);
  if (!text) return std::nullopt;
  return kit::parse_entry(parse_json(*text, kit::kEntryFile), kit::kEntryFile);
}

// The pid alone is not enough: a nested pid namespace has a pid 1, too.
bool is_first_process(const kit::Entry& entry) {
  if (static_cast<uint64_t>(::getpid()) != entry.pid) return false;
  struct stat st = {};
  if (::stat("/proc/self/ns/pid", &st) != 0) throw_errno("stat", "/proc/self/ns/pid");
  return st.st_ino == entry.pid_namespace;
}

void drop_variables(const std::vector<std::string>& drop) {
  char** kept = ::environ;
  for (char** entry = ::environ; *entry != nullptr; ++entry) {
    if (!kit::is_dropped(drop, *entry)) *kept++ = *entry;
  }
  *kept = nullptr;
}

}  // namespace

void pass_entry(const std::string& path, char** argv) {
  const std::optional<kit::Entry> entry = read_entry();
  if (!entry) return;
  if (is_first_process(*entry)) drop_variables(entry->drop);
  for (const auto& cover : entry->covers) {
    if (cover.path != path) continue;
    ::execv(cover.original.c_str(), argv);
    throw ExecError(path, errno);
  }
}

}  // namespace rind
