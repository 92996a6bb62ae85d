// Facts about single paths of the builder's file system.
#pragma once

#include <string>

#include "helper/facts/facts.h"

namespace rind {

// The working directory, canonical. Throws Error when it lies outside of this process's root.
std::string working_directory();

// Facts about `path`; follows symlinks. Relative paths start at the working directory.
PathFact path_fact(const std::string& path);

// While one lives (one at a time), path_fact remembers what it saw, also of the directories above
// its paths. For the planning of a step, which changes nothing.
class KnownDirectories {
 public:
  KnownDirectories();
  ~KnownDirectories();
  KnownDirectories(const KnownDirectories&) = delete;
  KnownDirectories& operator=(const KnownDirectories&) = delete;
};

}  // namespace rind
