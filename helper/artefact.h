// What a hook's result may be called. Pure.
#pragma once

#include <string>

#include "helper/plan.h"

namespace rind {

// Throws Error unless `name` is what a front end may take for the `kind` of output, by the
// specifications (binary distribution format, source distribution format, recording installed
// packages), and belongs to the package whose work directory is called `package` ("NAME-VERSION";
// "" when it is not known). A wheel of another package would take that package's place.
void require_artefact_name(PlannedOutput::Kind kind, const std::string& name,
                           const std::string& package);

// True when `file` is of the distribution that `package` ("NAME-VERSION") names, both names
// normalised as package indexes do (PEP 503); also when `package` is not of that form, as it is
// where the front end lays out in another way.
bool is_of_package(const std::string& file, const std::string& package);

// The name in output.json's return_val, which pyproject_hooks takes for a path below the output
// directory; "" where there is none (the hook is missing, or the backend is). text: the whole file.
// Throws Error unless it is an object, and return_val a string.
std::string named_result(const std::string& text, const std::string& path);

}  // namespace rind
