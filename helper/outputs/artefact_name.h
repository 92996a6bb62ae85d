// Checks the names of build results. Pure.
#pragma once

#include <string>
#include <vector>

#include "helper/plan/plan.h"

namespace rind {

// Throws Error unless `name` is a valid name for the `kind` of output and belongs to `package`. The
// formats are those of the specifications (binary distribution format, source distribution format,
// recording installed packages). package: the name of the work directory, NAME-VERSION; name (PEP
// 503) and version (PEP 440) must be equal. Otherwise the wheel could replace another package's
// wheel. If `package` is not NAME-VERSION, nothing is compared. allowed: names of other
// distributions that the artefact may have (Policy::artefact_names).
void require_artefact_name(PlannedOutput::Kind kind, const std::string& name,
                           const std::string& package,
                           const std::vector<std::string>& allowed = {});

// True when the wheel `file` has the name of `package` (a work directory's name), or one of
// `allowed`, in any version, or when `package` is not NAME-VERSION.
bool is_wheel_of(const std::string& file, const std::string& package,
                 const std::vector<std::string>& allowed = {});

// Returns return_val of output.json, which pyproject_hooks takes for a path below the output
// directory. Returns "" where there is none: the hook or the build backend is missing. text: the
// whole file. Throws Error unless it is an object and return_val is a string.
std::string named_result(const std::string& text, const std::string& path);

}  // namespace rind
