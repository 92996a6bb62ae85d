#pragma once

namespace rind {

// Brings up the loopback interface of this process's network namespace. Throws SysError.
void bring_loopback_up();

}  // namespace rind
