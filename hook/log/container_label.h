// How the hook's log lines name a container: by its short id and its name.
//
// The id comes from the runtime, the name from annotations or from the files of podman's storage.
// Images can set annotations, so names are escaped and truncated.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/base/json_fwd.h"
#include "hook/decide/state.h"

namespace rind::hook {

// The first 12 characters of an id of 64 hexadecimal digits, as engines print it. Any other id is
// escaped and truncated to 64 characters. Pure.
std::string short_id(const std::string& id);

// The name in the annotations that CRI-O, containerd and nerdctl set on their containers; "" when
// there is no such annotation. Pure.
std::string name_by_annotations(const std::map<std::string, std::string>& annotations);

// The directories of podman's lists of containers: the parts of `paths` before "/ID/userdata",
// each once. Pure.
std::vector<std::string> storage_directories(const std::vector<std::string>& paths,
                                             const std::string& id);

// The first name of container `id` in `list`, the contents of a file in such a directory; "" when
// it has no name. Pure.
std::string name_in_storage(const Json& list, const std::string& id);

// The name of container `id` in podman's storage; "" also after any error, because a name is
// optional. paths: the container's bundle and the sources of its mounts.
std::string name_by_storage(const std::vector<std::string>& paths, const std::string& id);

// "751c27773905 (my-builder)"; "751c27773905" without a name; "" without an id. Pure.
std::string container_label(const std::string& id, const std::string& name);

}  // namespace rind::hook
