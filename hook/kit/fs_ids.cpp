#include "hook/kit/fs_ids.h"

#include <sys/fsuid.h>
#include <unistd.h>

#include <string>

#include "common/base/error.h"

namespace rind::hook {

FsIds::FsIds(HostIds ids) {
  ::setfsgid(ids.gid);
  ::setfsuid(ids.uid);
  // setfsuid(2) returns the previous id also when it fails, so read the id back.
  if (static_cast<unsigned>(::setfsuid(-1)) != ids.uid ||
      static_cast<unsigned>(::setfsgid(-1)) != ids.gid) {
    throw Error("install the kit",
                "the hook cannot use the file system uid " + std::to_string(ids.uid) +
                    " of the container's root",
                "run the engine as root, or with that id in its user's /etc/subuid");
  }
}

FsIds::~FsIds() {
  ::setfsuid(::geteuid());
  ::setfsgid(::getegid());
}

}  // namespace rind::hook
