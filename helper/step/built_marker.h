// The marker of a wheel that was built for its metadata.
#pragma once

namespace rind {

// Files of pyproject_hooks, and of older releases and pep517, beside the metadata of a package
// without a hook for metadata. Each says that the package's wheel is there, too, and need not be
// built again.
inline constexpr const char* kBuiltMarkers[] = {"PYPROJECT_HOOKS_ALREADY_BUILT_WHEEL",
                                                "PEP517_ALREADY_BUILT_WHEEL"};

}  // namespace rind
