// Changing a file that another process may rename or replace: first hold it, then judge what is
// held, then change that. No function here looks a name up a second time.
#pragma once

#include <sys/types.h>

#include <array>
#include <string>

#include "common/base/fd.h"

namespace rind::sys {

// Holds the entry `name` of a directory: O_PATH, and O_NOFOLLOW, so a link is held itself. Nothing
// on the file system is opened, and no rights to the file are needed. Empty where the entry does
// not exist (ENOENT). Throws SysError.
Fd hold(int directory, const char* name);

// The path in /proc that leads to the open file itself, whatever its name is now. For calls that
// refuse an O_PATH descriptor.
class HeldPath {
 public:
  explicit HeldPath(int fd);
  const char* c_str() const { return text_.data(); }

 private:
  std::array<char, 32> text_ = {};
};

// Opens the held file, which is no link. name: for messages. Throws SysError.
Fd open_held(int held, int flags, const std::string& name);
// An extended attribute of the held file, which is no link; "" where it has none, or one of more
// than 64 bytes, and where the file system has none. name: for messages. Throws SysError.
std::string attribute_of(int held, const char* attribute, const std::string& name);
// Sets an extended attribute of the open file, also where its mode denies that to its owner.
// Nothing where the file system has none. name: for messages. Throws SysError.
void set_attribute(int file, const char* attribute, const std::string& value,
                   const std::string& name);
// chmod(2) of the held file, which is no link. mode: without the type. name: for messages.
void set_mode(int held, mode_t mode, const std::string& name);
// chown(2) of the held file; a link is changed itself. name: for messages.
void set_owner(int held, uid_t uid, gid_t gid, const std::string& name);

}  // namespace rind::sys
