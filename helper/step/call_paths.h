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
  // A word without a slash: it is a path only if such a directory exists.
  bool bare = false;
};

// Paths in the arguments of the call: whole words, values of options, and paths in a shell's
// command. program: the text of the front end's own script, or "". At most 256.
std::vector<CallPath> call_paths(const Call& call, const std::string& program);

// True when the text of a pyproject.toml has `path` in it, however it spells the characters. Front
// ends put what a package says there (build-backend) into their programs. Also for a path with a
// backslash: a front end may have doubled it, and has none in paths of its own.
bool is_packages_own_text(const std::string& pyproject, const std::string& path);

// True for a text of uv's that calls a back end: of it, only what uv itself wrote counts.
bool is_uvs_text(const PythonCommand& command);

// True below a directory in uv's cache where uv makes a temporary directory for each build, with an
// environment or only its answers.
bool is_uvs_temporary(const std::string& path);

}  // namespace rind
