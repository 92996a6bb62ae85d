// Removes POSIX ACLs and user attributes that a step left on a file.
//
// An ACL may name the step's leased id, and the next step with that lease would get its rights.
// Files that the builder makes in a directory inherit the directory's default ACL.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace rind {

// Remove access and default ACLs, and user.* attributes, from the file of `fd` (O_PATH is enough).
// Attributes of security modules stay. name: for messages. Throws SysError.
void remove_acls(int fd, const std::string& name);
void remove_user_attributes(int fd, const std::string& name);

// True when an ACL (in the format of its extended attribute) has an entry for a user or group for
// which `is_lease` returns true, or when it cannot be parsed. Pure.
bool acl_names(std::string_view acl, const std::function<bool(uint32_t id)>& is_lease);

// True when the list of attributes of the held file, which is no link, has no ACL; false when it is
// not known. held: O_PATH is enough. For a file system that lists ACLs: one call instead of two,
// and on an overlay, which does not remember that a file has none, half of one.
bool has_no_acls(int held);

// Removes those ACLs that name a lease from the held file, which is no link. held: O_PATH is
// enough. A step cannot name other ids, because its user namespace has none; so ACLs of the builder
// stay. Returns false when the file system has no ACLs. name: for messages. is_directory: it may
// have a default ACL. Throws SysError.
bool remove_acls_of_leases(int held, const char* name, bool is_directory,
                           const std::function<bool(uint32_t id)>& is_lease);

}  // namespace rind
