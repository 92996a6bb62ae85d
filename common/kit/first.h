// Writes what the helper's first stage reads.
#pragma once

#include <optional>
#include <string>

#include "common/kit/first_format.h"
#include "common/kit/manifest.h"

namespace rind::kit {

// The file for this manifest. Nothing where each call of an interpreter needs the whole helper: no
// interpreter is covered, the policy refuses calls, or the container has entry.json (narrows).
// Nothing either where the file would be too long.
std::optional<std::string> first_file(const Manifest& manifest, bool narrows);

}  // namespace rind::kit
