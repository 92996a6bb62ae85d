// What else than owner and mode a step can leave on a file: POSIX ACLs and attributes of its own.
//
// An ACL may name the step's leased id, and the next step that leases it would have what the entry
// says. A directory's default ACL is handed on to whatever the builder makes in it later.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace rind {

// Removes ACLs, access and default, and user.* attributes from what `fd` (O_PATH will do) stands
// for. Security modules' own attributes stay. name: for messages. Throws SysError.
void remove_acls(int fd, const std::string& name);
void remove_user_attributes(int fd, const std::string& name);

// True when an ACL, as the kernel hands it out in an extended attribute, has an entry for a single
// user or group of whom `is_lease` is true; also when it cannot be understood. Pure.
bool acl_names(std::string_view acl, const std::function<bool(uint32_t id)>& is_lease);

// Removes the ACLs of `path`, which is no link, that name a lease. A step cannot name
// others: its user namespace knows no other id. So what the builder's ACLs say stays. Returns false
// where the file system has no ACLs. is_directory: it may have a default ACL. Throws SysError.
bool remove_acls_of_leases(const std::string& path, bool is_directory,
                           const std::function<bool(uint32_t id)>& is_lease);

}  // namespace rind
