// How the hook's lines name a container: its short id, and the name that people gave it.
//
// The id comes from the runtime, names from annotations and from the files of podman's storage.
// Images can write annotations: whatever is printed is escaped and cut.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/base/json_fwd.h"
#include "hook/decide/state.h"

namespace rind::hook {

// As engines print it: the first 12 characters of an id of 64 hexadecimal digits. Any other id is
// escaped and cut at 64 characters. Pure.
std::string short_id(const std::string& id);

// The name in the annotations that CRI-O, containerd and nerdctl give to their containers; "" where
// there is none. Pure.
std::string name_by_annotations(const std::map<std::string, std::string>& annotations);

// The directories in which podman's storage lists its containers: of `paths`, what stands before
// "/ID/userdata". Each once. Pure.
std::vector<std::string> storage_directories(const std::vector<std::string>& paths,
                                             const std::string& id);

// The first name of container `id` in `list`, the contents of such a file; "" where it has none.
// Pure.
std::string name_in_storage(const Json& list, const std::string& id);

// The name that podman's storage has for container `id`, whose bundle and mounts are `paths`; "" in
// any trouble: a name is never worth an error.
std::string name_by_storage(const std::vector<std::string>& paths, const std::string& id);

// "751c27773905 (my-builder)"; without the part in parentheses where there is no name; "" where
// there is no id. Pure.
std::string container_label(const std::string& id, const std::string& name);

}  // namespace rind::hook
