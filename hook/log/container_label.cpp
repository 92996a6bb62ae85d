#include "hook/log/container_label.h"

#include <algorithm>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/base/text.h"

namespace rind::hook {
namespace {

constexpr size_t kIdLength = 64, kShortId = 12, kNameLimit = 64;

bool is_hexadecimal(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_full_id(const std::string& id) { return id.size() == kIdLength && is_hexadecimal(id); }

std::string shown(const std::string& text) { return printable(text.substr(0, kNameLimit)); }

}  // namespace

std::string short_id(const std::string& id) {
  return is_full_id(id) ? id.substr(0, kShortId) : shown(id);
}

std::string name_by_annotations(const std::map<std::string, std::string>& annotations) {
  for (const char* key :
       {"io.kubernetes.cri-o.Name", "io.kubernetes.cri-o.ContainerName",
        "io.kubernetes.cri.container-name", "io.kubernetes.container.name", "nerdctl/name"}) {
    const auto found = annotations.find(key);
    if (found != annotations.end() && !found->second.empty()) return found->second;
  }
  return {};
}

std::vector<std::string> storage_directories(const std::vector<std::string>& paths,
                                             const std::string& id) {
  std::vector<std::string> directories;
  if (!is_full_id(id)) return directories;
  for (const auto& path : paths) {
    const size_t at = path.find("/" + id + "/userdata");
    if (at == std::string::npos || at == 0 || path[0] != '/') continue;
    const std::string directory = path.substr(0, at);
    if (std::find(directories.begin(), directories.end(), directory) == directories.end()) {
      directories.push_back(directory);
    }
  }
  return directories;
}

std::string name_in_storage(const Json& list, const std::string& id) {
  if (!list.is_array()) return {};
  for (const Json& entry : list) {
    if (!entry.is_object() || !entry.contains("id") || entry.at("id") != id) continue;
    const auto names = entry.find("names");
    if (names == entry.end() || !names->is_array() || names->empty()) return {};
    return names->front().is_string() ? names->front().get<std::string>() : std::string();
  }
  return {};
}

std::string name_by_storage(const std::vector<std::string>& paths, const std::string& id) {
  constexpr size_t kLimit = 16 * 1024 * 1024;
  for (const auto& directory : storage_directories(paths, id)) {
    // Containers of `podman run --rm` are in the second file.
    for (const char* file : {"containers.json", "volatile-containers.json"}) {
      try {
        const std::string name =
            name_in_storage(read_json_file(directory + "/" + file, kLimit), id);
        if (!name.empty()) return name;
      } catch (const Error&) {
        // The file belongs to another engine, or is being written. The id suffices.
      }
    }
  }
  return {};
}

std::string container_label(const std::string& id, const std::string& name) {
  const std::string named = name.empty() ? "" : " (" + shown(name) + ")";
  return id.empty() ? std::string() : short_id(id) + named;
}

}  // namespace rind::hook
