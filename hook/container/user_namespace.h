// User namespaces that nobody is in: id-mapped mounts name one for its map.
#pragma once

#include <string>

#include "common/base/fd.h"

namespace rind::hook {

// A map, in the form of /proc/PID/uid_map, in which `a` and `b` change places and every other id is
// itself. Pure.
std::string swapped_ids(unsigned a, unsigned b);

// A user namespace with these maps. It lives as long as its descriptor. Needs CAP_SETUID,
// CAP_SETGID and CAP_SETFCAP, which mapping uid 0 requires. Throws SysError.
Fd make_user_namespace(const std::string& uid_map, const std::string& gid_map);

}  // namespace rind::hook
