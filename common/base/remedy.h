// What to do about an error that says it not itself: a failed system call.
#pragma once

#include <exception>
#include <string>

namespace rind {

// What helps against `code`, an errno, whatever the call was; "" where only the call tells.
std::string remedy_of_errno(int code);

// What helps where a seccomp filter, or an old kernel, denies `call` (blocked_call.h).
std::string remedy_of_blocked(const std::string& call);

// The message of `error`, with a remedy in any case. general: for an error that has none and is no
// failed system call with a remedy of its own; the command that looks closer.
std::string with_remedy(const std::exception& error, const std::string& general);

}  // namespace rind
