// Opening what is often absent: throwing and catching an exception takes longer than the call.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/fd.h"
#include "common/base/resolve.h"

namespace rind {

namespace sys {
// As open2 (common/base/sys.h), but returns an empty Fd and sets `error` to errno when it fails.
Fd try_open2(int dir, const std::string& path, int flags, uint64_t resolve, int& error);
}  // namespace sys

// As root.open(), but returns an empty Fd and sets `error` to errno when it fails.
Fd try_open(const Root& root, const UntrustedPath& path, int flags, int& error);

}  // namespace rind
