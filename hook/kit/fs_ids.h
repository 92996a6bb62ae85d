// File system ids of the container's root, which owns the kit.
#pragma once

#include "hook/decide/decide.h"

namespace rind::hook {

// Creates files as `ids` while it lives. With ids that the container's user namespace does not map,
// creating a directory in its /dev fails with EOVERFLOW. Throws Error.
class FsIds {
 public:
  explicit FsIds(HostIds ids);
  ~FsIds();
  FsIds(const FsIds&) = delete;
  FsIds& operator=(const FsIds&) = delete;
};

}  // namespace rind::hook
