#pragma once

#include <string>

#include "common/base/error.h"

namespace rind {

// The command could not be executed: as a shell would say, 127 for not found and 126 otherwise.
class ExecError : public SysError {
 public:
  ExecError(const std::string& command, int code) : SysError("execute", command, code) {}
};

}  // namespace rind
