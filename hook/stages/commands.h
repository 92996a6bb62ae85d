// The program that rind-hook executes for builders and for people.
#pragma once

namespace rind::hook {

// Executes it with `words`, which end with nullptr. It lies in the same installed tree as this
// program. Throws SysError when that is not possible.
[[noreturn]] void execute_commands(char* const* words);

}  // namespace rind::hook
