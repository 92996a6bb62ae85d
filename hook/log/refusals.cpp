#include "hook/log/refusals.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <ctime>

#include "common/base/error.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "hook/decide/decide.h"

namespace rind::hook {
namespace {

constexpr const char* kFile = "refusals";
constexpr const char* kOlder = "refusals.old";
constexpr off_t kMost = 64 * 1024;  // limit in bytes for each of the two files

// This user's uid outside of its user namespace. Rootless engines run hooks as root in their own
// user namespace.
unsigned user_outside() {
  constexpr size_t kMapLimit = 64 * 1024;
  const std::string map = sys::read_file("/proc/self/uid_map", kMapLimit);
  return outside_id(map, ::geteuid()).value_or(::geteuid());
}

struct Place {
  std::string parent, name;
  std::string path() const { return parent + "/" + name; }
};
std::vector<Place> places() {
  const std::string user = std::to_string(user_outside());
  return {{"/run", "rind-hook"}, {"/run/user/" + user, "rind-hook"}, {"/tmp", "rind-hook-" + user}};
}

// Opens the directory if it belongs to this user and is closed to all others; else returns an empty
// Fd. Other users can write in /tmp, but they can neither make such a directory nor change it.
Fd open_own(const Place& place) {
  Fd directory(::open(place.path().c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat st = {};
  if (!directory || ::fstat(directory.get(), &st) != 0) return {};
  if (st.st_uid != ::geteuid() || (st.st_mode & 077) != 0) return {};
  return directory;
}

Fd open_or_make() {
  for (const auto& place : places()) {
    ::mkdir(place.path().c_str(), 0700);  // open_own checks the result
    if (Fd directory = open_own(place)) return directory;
  }
  return {};
}

std::string now() {
  const time_t seconds = ::time(nullptr);
  struct tm utc = {};
  char text[32];
  if (::gmtime_r(&seconds, &utc) == nullptr) return {};
  return std::string(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc));
}

void add_line(int directory, const std::string& line) {
  const Fd file =
      sys::open(directory, kFile, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0600);
  const struct stat st = sys::stat_fd(file.get(), kFile);
  if (!S_ISREG(st.st_mode)) return;
  if (st.st_size + static_cast<off_t>(line.size()) > kMost) {
    if (::renameat(directory, kFile, directory, kOlder) != 0) return;
    return add_line(directory, line);
  }
  sys::write_all(file.get(), line, kFile);
}

void add_lines(KeptRefusals& kept, const Place& place, int directory, const char* name) {
  try {
    const Fd file = sys::open(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (!S_ISREG(sys::stat_fd(file.get(), name).st_mode)) return;
    const std::string path = place.path() + "/" + name;
    for (auto& line : split(sys::read_all(file.get(), 2 * kMost, path), '\n')) {
      if (!line.empty()) kept.lines.push_back(std::move(line));
    }
    kept.files.push_back(path);
  } catch (const Error&) {
    // The file does not exist, or is not a file that the hook made.
  }
}

}  // namespace

bool has_journal() {
  const Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  struct sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, "/dev/log");
  return socket && ::connect(socket.get(), reinterpret_cast<const struct sockaddr*>(&address),
                             sizeof address) == 0;
}

void keep_refusal(const std::string& line) noexcept {
  try {
    constexpr size_t kLongest = 4096;
    const Fd directory = open_or_make();
    if (directory) add_line(directory.get(), now() + " " + line.substr(0, kLongest) + "\n");
  } catch (const std::exception&) {
    // There is nowhere else to report this.
  }
}

KeptRefusals kept_refusals() {
  KeptRefusals kept;
  for (const auto& place : places()) {
    const Fd directory = open_own(place);
    if (!directory) continue;
    add_lines(kept, place, directory.get(), kOlder);
    add_lines(kept, place, directory.get(), kFile);
  }
  return kept;
}

}  // namespace rind::hook
