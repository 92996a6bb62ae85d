// Reads mount tables with libmount.
#pragma once

#include <memory>
#include <string>

#include "hook/container/mount_table.h"

namespace rind::hook {

// Loads libmount at run time: with its libraries (libblkid, libselinux, libpcre2) that takes 0.8
// ms, and no program that loads libraries can be static. Create it before joining the container's
// mount namespace, so that the host's libmount is loaded. Throws Error.
class LibMount : public MountTable {
 public:
  LibMount();
  ~LibMount() override;
  LibMount(const LibMount&) = delete;
  LibMount& operator=(const LibMount&) = delete;

  MountEntries list(const std::string& mount_info) const override;

 private:
  struct Library;
  struct Table;
  std::unique_ptr<Library> library_;
};

}  // namespace rind::hook
