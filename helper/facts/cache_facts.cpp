#include "helper/facts/cache_facts.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <map>

#include "common/base/look.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/paths.h"

namespace rind {
namespace {

struct Sample {
  size_t left = 32;  // entries that may still be looked at
  size_t open = 0, closed = 0;
  bool empty = true;
};

// Counts entries that other users may read, and those that they may not. Deep before wide: caches
// keep their files several directories deep.
void sample(int directory, const std::string& name, int depth, Sample& found) {
  constexpr size_t kMostOfOne = 8;
  size_t seen = 0;
  sys::for_each_entry(directory, name, [&](const dirent& entry) {
    // What a disk-backed view of another step is behind is not the cache's.
    if (std::string_view(entry.d_name).starts_with("rind-private-")) return true;
    found.empty = false;
    if (found.left == 0 || ++seen > kMostOfOne) return false;
    --found.left;
    struct stat st = {};
    if (!sys::try_lstat(directory, entry.d_name, st)) return true;
    const bool is_directory = S_ISDIR(st.st_mode);
    if (!is_directory && !S_ISREG(st.st_mode)) return true;
    const bool readable = is_directory ? (st.st_mode & 05) == 05 : (st.st_mode & 04) != 0;
    if (!readable) ++found.closed;
    if (readable && !is_directory) ++found.open;
    if (!is_directory || !readable || depth == 0) return true;
    const Fd child = sys::open_if_any(directory, entry.d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (child) sample(child.get(), entry.d_name, depth - 1, found);
    return true;
  });
}

// Reads a configuration file of ccache ("key = value" lines) into `settings`.
std::map<std::string, std::string> read_settings(const std::string& path) {
  constexpr size_t kLimit = 64 * 1024;
  std::map<std::string, std::string> settings;
  const Fd file = sys::open_if_any(AT_FDCWD, path, O_RDONLY | O_NONBLOCK);
  if (!file) return settings;
  const struct stat st = sys::stat_fd(file.get(), path);
  if (!S_ISREG(st.st_mode) || st.st_size > static_cast<off_t>(kLimit)) return settings;
  const auto trimmed = [](const std::string& text) {
    const size_t first = text.find_first_not_of(" \t\r");
    if (first == std::string::npos) return std::string();
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
  };
  for (const auto& line : split(sys::read_all(file.get(), kLimit, path), '\n')) {
    const size_t equals = line.find('=');
    if (equals == std::string::npos || trimmed(line)[0] == '#') continue;
    settings[trimmed(line.substr(0, equals))] = trimmed(line.substr(equals + 1));
  }
  return settings;
}

// Replaces $NAME and ${NAME}, as ccache does in values.
std::string expanded(const std::string& value, const std::vector<std::string>& environment) {
  std::string out;
  for (size_t at = 0; at < value.size();) {
    if (value[at] != '$') {
      out += value[at++];
      continue;
    }
    const bool braces = at + 1 < value.size() && value[at + 1] == '{';
    const size_t start = at + (braces ? 2 : 1);
    size_t end = start;
    while (end < value.size() &&
           (::isalnum(static_cast<unsigned char>(value[end])) != 0 || value[end] == '_')) {
      ++end;
    }
    out += variable(environment, value.substr(start, end - start)).value_or("");
    at = braces && end < value.size() ? end + 1 : end;
  }
  return out;
}

constexpr const char* kLogFile = "log_file";

// True when a package may have written the file, or a link on the way to it.
bool is_packages(const PackageTrees& trees, const std::string& path) {
  const PathFact fact = path_fact(path);
  const std::string absolute = path[0] == '/' ? path : working_directory() + "/" + path;
  return fact.type == PathFact::Type::kFile && (!trees.holding(parent_of(fact.canonical)).empty() ||
                                                trees.lead_out(absolute, fact.canonical));
}

bool exists(const std::string& path) { return sys::may_access(path, F_OK); }

}  // namespace

PathFact::Content content_of_cache(const std::string& directory) {
  const Fd opened = sys::open_if_any(AT_FDCWD, directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!opened) return PathFact::Content::kUnknown;
  constexpr int kDepth = 3;
  Sample found;
  sample(opened.get(), directory, kDepth, found);
  if (found.empty) return PathFact::Content::kEmpty;
  const bool closed_top = (sys::stat_fd(opened.get(), directory).st_mode & 05) != 05;
  // A few closed files are locks, or what nobody else should read.
  return closed_top || found.closed > found.open ? PathFact::Content::kClosed
                                                 : PathFact::Content::kOpen;
}

std::optional<std::string> path_to_make(const std::string& path) {
  if (path.empty() || path[0] != '/') return std::nullopt;
  std::vector<std::string> rest;
  std::string at = path;
  while (at.size() > 1 && at.back() == '/') at.pop_back();
  for (;; at = parent_of(at)) {
    const PathFact fact = path_fact(at);
    if (fact.type == PathFact::Type::kDirectory) {
      if (rest.empty()) return std::nullopt;
      std::string made = fact.canonical == "/" ? "" : fact.canonical;
      for (auto name = rest.rbegin(); name != rest.rend(); ++name) made += "/" + *name;
      return made;
    }
    struct stat st = {};
    // A file, or a link that leads nowhere.
    if (sys::try_lstat(at, st) || at == "/") return std::nullopt;
    const std::string name = base_name(at);
    if (name == "..") return std::nullopt;
    if (!name.empty() && name != ".") rest.push_back(name);
  }
}

CcacheSettings ccache_settings(const std::vector<std::string>& environment, const std::string& home,
                               const PackageTrees& trees) {
  const auto value = [&](const char* name) { return variable(environment, name).value_or(""); };
  std::map<std::string, std::string> settings;
  std::string own = value("CCACHE_CONFIGPATH");
  if (own.empty()) {
    settings = read_settings("/etc/ccache.conf");
    const std::string directory = value("CCACHE_DIR").empty()
                                      ? expanded(settings["cache_dir"], environment)
                                      : value("CCACHE_DIR");
    const std::string configuration =
        value("XDG_CONFIG_HOME").empty() ? home + "/.config" : value("XDG_CONFIG_HOME");
    own = !directory.empty()          ? directory + "/ccache.conf"
          : exists(home + "/.ccache") ? home + "/.ccache/ccache.conf"
                                      : configuration + "/ccache/ccache.conf";
  }
  const bool packages = is_packages(trees, own);
  for (auto& [key, text] : read_settings(own)) {
    if (!packages || key == kLogFile) settings[key] = text;
  }
  const auto setting = [&](const char* name, const char* key) {
    const std::string of_call = value(name);
    return of_call.empty() ? expanded(settings[key], environment) : of_call;
  };
  return {setting("CCACHE_DIR", "cache_dir"), setting("CCACHE_TEMPDIR", "temporary_dir"),
          setting("CCACHE_LOGFILE", kLogFile)};
}

}  // namespace rind
