// The names of build hooks.
#pragma once

#include <array>

namespace rind {

// The hooks of PEP 517 and PEP 660, and the one that pyproject_hooks adds.
inline constexpr std::array kHooks = {
    "build_wheel",
    "build_sdist",
    "build_editable",
    "get_requires_for_build_wheel",
    "get_requires_for_build_sdist",
    "get_requires_for_build_editable",
    "prepare_metadata_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "_supported_features",
};

}  // namespace rind
