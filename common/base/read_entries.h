// Reading a directory where it is open, for walks through many directories.
#pragma once

#include <dirent.h>

#include <functional>
#include <string>

namespace rind::sys {

// Where read_entries puts what one call returns: as much as readdir(3) asks for.
struct alignas(dirent) DirectoryRoom {
  char bytes[32768];
};

// Calls `use` for each entry of the open directory (not O_PATH) except "." and "..", from where it
// was read last, until `use` returns false. Unlike for_each_entry (common/base/sys.h) it needs no
// further descriptor and no memory. An entry is valid while `use` runs. Returns false when the
// directory has been removed: then it has no more entries. name: for messages. Throws SysError.
bool read_entries(int readable, const std::string& name, DirectoryRoom& room,
                  const std::function<bool(const dirent&)>& use);

}  // namespace rind::sys
