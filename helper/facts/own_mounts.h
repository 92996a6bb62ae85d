// This process's mount table.
#pragma once

#include <optional>
#include <vector>

#include "common/base/mountinfo.h"

namespace rind {

// Reads it. Throws SysError.
std::vector<MountInfo> own_mounts();

// The table, read when it is first asked for: for many mounts that takes longer than the rest of a
// plan.
class OwnMounts {
 public:
  // Throws SysError.
  const std::vector<MountInfo>& table() {
    if (!table_) table_ = own_mounts();
    return *table_;
  }

 private:
  std::optional<std::vector<MountInfo>> table_;
};

}  // namespace rind
