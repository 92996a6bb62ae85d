// The fuzz targets: what Rind reads and others write. tests/fuzz/targets has a file for each.
#pragma once

#include <string_view>
#include <vector>

namespace rind::fuzz {

struct Target {
  const char* name;  // of its file, and of the directory with its corpus
  // Reads any bytes. Ends the process where a property does not hold.
  void (*run)(std::string_view input);
};

const std::vector<Target>& all_targets();

}  // namespace rind::fuzz
