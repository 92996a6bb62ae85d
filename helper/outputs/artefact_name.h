// What a hook's result may be called. Pure.
#pragma once

#include <string>

#include "helper/plan/plan.h"

namespace rind {

// Throws Error unless `name` is what a front end may take for the `kind` of output, by the
// specifications (binary distribution format, source distribution format, recording installed
// packages), and belongs to the package whose work directory is called `package`: its name (PEP
// 503) and its version (PEP 440) are that package's. A wheel of another one would take that one's
// place. A `package` that is not NAME-VERSION says nothing, so nothing is compared.
void require_artefact_name(PlannedOutput::Kind kind, const std::string& name,
                           const std::string& package);

// True when the wheel `file` has the name, whatever its version, of the package whose work
// directory is called `package`, or that is not NAME-VERSION.
bool is_wheel_of(const std::string& file, const std::string& package);

// The name in output.json's return_val, which pyproject_hooks takes for a path below the output
// directory; "" where there is none (the hook is missing, or the backend is). text: the whole file.
// Throws Error unless it is an object, and return_val a string.
std::string named_result(const std::string& text, const std::string& path);

}  // namespace rind
