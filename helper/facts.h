// What this container and kernel offer, as values. Gathered once (helper/gather.h) and passed in.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/kit.h"

namespace rind {

// What a path is in the builder.
struct PathFact {
  enum class Type { kAbsent, kDirectory, kFile, kOther } type = Type::kAbsent;
  std::string canonical;  // without symlinks; empty when absent
  unsigned mode = 0;      // permission bits
};

struct Facts {
  unsigned uid = 0, gid = 0;
  uint64_t capabilities = 0;  // the effective set, a bit a capability
  std::string user_name;      // of uid, from /etc/passwd; the number where it has no name
  kit::Manifest manifest;
  // The paths that the policy's views name (variables expanded), by the name asked for.
  std::map<std::string, PathFact> paths;
  // What the build environment's interpreter needs: bin, lib and the like of its own prefix, and of the
  // prefixes of the links that lead to it. Canonical; they exist.
  struct InterpreterPart {
    std::string path;
    bool directory = true;
  };
  std::vector<InterpreterPart> interpreter;
};

}  // namespace rind
