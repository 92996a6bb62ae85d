#pragma once

namespace rind {

// Brings the loopback interface of this process's new network namespace up. Throws SysError.
void bring_loopback_up();

}  // namespace rind
