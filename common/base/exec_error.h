#pragma once

#include <string>

#include "common/base/error.h"

namespace rind {

// The command could not be executed. As in a shell, the exit status is 127 when it was not found,
// otherwise 126.
class ExecError : public SysError {
 public:
  ExecError(const std::string& command, int code) : SysError("execute", command, code) {}
};

}  // namespace rind
