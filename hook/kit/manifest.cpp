#include "hook/kit/manifest.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/look.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "common/base/utf8.h"
#include "common/kit/entry.h"
#include "common/kit/find_seams.h"
#include "hook/decide/decide.h"

namespace rind::hook {
namespace {

// Adds the sockets directly in the host's directory `source`, as paths below `destination`.
void add_sockets_in(const std::string& source, const std::string& destination,
                    std::vector<std::string>& sockets) {
  const Fd directory = sys::open(AT_FDCWD, source, O_PATH | O_DIRECTORY);
  sys::for_each_entry(directory.get(), source, [&](const dirent& entry) {
    if (sys::entry_type(directory.get(), entry) == DT_SOCK) {
      // JSON cannot contain such a name, so steps would still see the socket. Any user who can
      // write in the volume may have made it.
      if (!is_utf8(entry.d_name)) {
        throw Error("hide the socket " + source + "/" + entry.d_name, "its name is not UTF-8",
                    "remove it, or start the container without this volume");
      }
      sockets.push_back(destination + "/" + entry.d_name);
    }
    return true;
  });
}

// The host's sockets to which a container can connect: bind mounts of sockets, and sockets in
// bind-mounted directories. Sources are paths on the host.
std::vector<std::string> socket_mounts(const Config& config) {
  std::vector<std::string> sockets;
  for (const auto& mount : config.mounts) {
    struct stat st = {};
    if (mount.source.empty() || mount.source[0] != '/') continue;
    if (!sys::try_stat(mount.source, st)) {
      if (errno == ENOENT) continue;  // not a path on the host: the name of a file system
      throw_errno("look for sockets at", mount.source);
    }
    if (S_ISSOCK(st.st_mode)) sockets.push_back(mount.destination);
    if (S_ISDIR(st.st_mode)) add_sockets_in(mount.source, mount.destination, sockets);
  }
  return sockets;
}

// The container's values of the variables that views name. They are paths, not secrets.
std::map<std::string, std::string> view_variables(const Policy& policy, const Config& config) {
  std::map<std::string, std::string> values;
  for (const auto& [key, unused] : policy.views) {
    if (key[0] != '$') continue;
    const std::string name = key.substr(1, key.find('/') - 1);
    for (const auto& entry : config.environment) {
      if (entry.rfind(name + "=", 0) == 0) values[name] = entry.substr(name.size() + 1);
    }
  }
  return values;
}

// The directories in which the container finds programs. Without PATH, runtimes use this default.
std::vector<std::string> search_path(const Config& config) {
  std::string value = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  for (const auto& entry : config.environment) {
    if (entry.rfind("PATH=", 0) == 0) value = entry.substr(5);
  }
  std::vector<std::string> directories;
  for (auto& element : split(value, ':')) {
    if (!element.empty() && element[0] == '/') directories.push_back(std::move(element));
  }
  return directories;
}

// dropped: narrow.environment. The container must not be able to guess a removed value from its
// hash, so these get none.
std::map<std::string, std::string> hashed(const std::vector<std::string>& environment,
                                          const std::vector<std::string>& dropped) {
  std::map<std::string, std::string> hashes;
  for (const auto& entry : environment) {
    const size_t equals = entry.find('=');
    if (equals == std::string::npos) continue;
    const bool removed = kit::is_dropped(dropped, entry);
    hashes[entry.substr(0, equals)] =
        removed ? std::string() : sha256_hex(entry.substr(equals + 1));
  }
  return hashes;
}

}  // namespace

kit::Manifest make_manifest(const Policy& policy, const Config& config) {
  kit::Manifest manifest;
  manifest.masked_paths = config.masked_paths;
  manifest.sockets = socket_mounts(config);
  manifest.environment = hashed(config.environment, policy.narrow.environment);
  manifest.variables = view_variables(policy, config);
  manifest.path = search_path(config);
  manifest.environments = policy.seams.own_environments;
  manifest.refused_calls = policy.seams.refused_calls;
  for (auto& prefix : container_prefixes(config.environment, launched_command(config),
                                         policy.seams.search_entries)) {
    manifest.environments.push_back(std::move(prefix));
  }
  return manifest;
}

}  // namespace rind::hook
