// Finds the line of a policy's file that caused an error.
//
// The files are read once more, when there is an error: a policy without errors costs nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/json_error.h"
#include "common/base/json_fwd.h"

namespace rind {

// `error` with FILE:LINE:COLUMN, and with a remedy. files: those that were applied, the last one
// first; the error appeared when the first of them was applied. defaults: the document of the
// package's policy, to find the object that a misplaced key belongs to.
Error located(const JsonError& error, const std::vector<std::string>& files, const Json& defaults);

// FILE:LINE:COLUMN of the value that `keys` lead to; FILE alone when it cannot be read again.
std::string place_in(const std::string& file, const std::vector<std::string>& keys);

// FILE:LINE:COLUMN of that value in the first of `files` that has it; nothing when none has.
std::optional<std::string> place_of_value(const std::vector<std::string>& files,
                                          const std::vector<std::string>& keys);

}  // namespace rind
