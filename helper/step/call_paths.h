// Paths that a call names, and that a step may write to. Pure.
#pragma once

#include <string>
#include <vector>

#include "helper/step/call.h"

namespace rind {

struct CallPath {
  std::string path;  // absolute, or relative to the working directory
  // It stands in the text of a program or in a variable. Front ends put names there that a package
  // chose (uv: build-backend), so less follows from it.
  bool by_text = false;
};

// Paths in the arguments of the call: whole words, values of options, and paths in a shell's
// command. program: the text of the front end's own script, or "". At most 256.
std::vector<CallPath> call_paths(const Call& call, const std::string& program);

}  // namespace rind
