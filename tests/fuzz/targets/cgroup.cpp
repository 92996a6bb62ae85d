// The control groups of a process.
#include "helper/facts/cgroup.h"

#include "tests/fuzz/property.h"

namespace rind::fuzz {

void fuzz_cgroup(std::string_view input) {
  for (const auto& path : pids_files(std::string(input))) {
    require(path.starts_with("/sys/fs/cgroup/") && path.ends_with("/pids.max"),
            "only limits are read");
    require(path.find("/../") == std::string::npos, "no path leads out");
  }
}

}  // namespace rind::fuzz
