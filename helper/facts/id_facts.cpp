#include "helper/facts/id_facts.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <string_view>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/passwd.h"

namespace rind {
namespace {

constexpr size_t kMapLimit = 64 * 1024;      // the kernel writes at most a page
constexpr size_t kUsersLimit = 1024 * 1024;  // of /etc/passwd and /etc/group

std::vector<IdRange> id_map(const std::string& path) {
  return parse_id_map(sys::read_file(path, kMapLimit));
}

// The text of /etc/passwd or /etc/group; "" where the image has none.
std::string users_file(const std::string& path) {
  // The image decides what is there: opening a fifo must not wait, and a socket cannot be opened.
  const Fd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (file) {
    const bool regular = S_ISREG(sys::stat_fd(file.get(), path).st_mode);
    return regular ? sys::read_all(file.get(), kUsersLimit, path) : std::string();
  }
  for (const int code : {ENOENT, EACCES, ELOOP, ENXIO, ENODEV}) {
    if (errno == code) return {};
  }
  throw_errno("open", path);
}

// Adds the third field of each line: the uid or gid.
void add_ids(std::set<uint64_t>& ids, const std::string& file) {
  for (size_t at = 0; at < file.size();) {
    const size_t end = std::min(file.find('\n', at), file.size());
    std::string_view line(file.data() + at, end - at);
    at = end + 1;
    for (int skipped = 0; skipped < 2; ++skipped) {
      line.remove_prefix(std::min(line.find(':'), line.size() - 1) + 1);
      if (line.empty()) break;
    }
    line = line.substr(0, line.find(':'));
    uint64_t id = 0;
    const auto [rest, error] = std::from_chars(line.data(), line.data() + line.size(), id);
    if (error == std::errc() && rest == line.data() + line.size()) ids.insert(id);
  }
}

std::string home_in(const std::string& passwd, unsigned uid) {
  const auto field = home_field(passwd, uid);
  return field ? passwd.substr(field->at, field->size) : std::string();
}

// A service with DynamicUser=yes has a uid of 61184 to 65519 while a file with that number exists
// (systemd.exec(5)). Leasing that uid would kill the service. Steps do not see /run.
void add_ids_of_services(std::set<uint64_t>& ids) {
  const std::string path = "/run/systemd/dynamic-uid";
  try {
    const Fd directory = sys::try_open(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_NOFOLLOW);
    if (!directory) return;
    sys::for_each_entry(directory.get(), path, [&](const dirent& entry) {
      char* end = nullptr;
      const uint64_t id = std::strtoull(entry.d_name, &end, 10);
      if (end != entry.d_name && *end == '\0') ids.insert(id);
      return true;
    });
  } catch (const SysError& e) {
    if (e.code() != ENOENT && e.code() != EACCES && e.code() != ENOTDIR) throw;
  }
}

// Adds `directory` and all directories above it.
void add_with_parents(std::set<std::string>& all, const std::string& directory) {
  if (directory.empty() || directory[0] != '/') return;
  // The directories above a known one are known, too.
  for (std::string at = directory; at != "/" && all.insert(at).second; at = parent_of(at)) {
  }
}

}  // namespace

void gather_ids(Facts& facts) {
  facts.uid_map = id_map("/proc/self/uid_map");
  facts.gid_map = id_map("/proc/self/gid_map");
  facts.passwd = users_file("/etc/passwd");
  facts.home_in_passwd = home_in(facts.passwd, facts.uid);
  add_ids(facts.named_ids, facts.passwd);
  add_ids(facts.named_ids, users_file("/etc/group"));
  add_ids_of_services(facts.named_ids);
}

void gather_closed(Facts& facts, const std::vector<std::string>& paths,
                   const std::vector<std::string>& directories) {
  std::set<std::string> all;
  for (const auto& path : paths) {
    if (!path.empty() && path != "/") add_with_parents(all, parent_of(path));
  }
  for (const auto& directory : directories) add_with_parents(all, directory);
  for (const auto& directory : all) {
    struct stat st = {};
    if (!sys::try_lstat(directory, st) || !S_ISDIR(st.st_mode)) continue;
    if ((st.st_mode & S_IXOTH) == 0) facts.closed[directory] = {st.st_uid, st.st_gid};
  }
}

}  // namespace rind
