// A system call of a step that failed, as the tracer notes it; or one that succeeded without doing
// what it says (code 0).
#pragma once

#include <string>
#include <vector>

namespace rind {

struct FailedCall {
  enum class Want : char {
    kLook = 'l',     // see that it exists, or what it is
    kRead = 'r',     // open it for reading, or enter it
    kWrite = 'w',    // open it for writing, or make it if it is not there
    kCreate = 'c',   // make it
    kRemove = 'd',   // remove it
    kChange = 'm',   // change its mode, owner or times
    kExecute = 'x',  // execute it
    kRename = 'n',   // give it the name `other`, or link it there
    kConnect = 's',  // a socket's address: a path, "@NAME" (abstract) or "HOST:PORT"
    kCall = 'k',     // the call itself; `path` has its most telling argument, or ""
  } want = Want::kLook;
  int code = 0;       // errno; 0 for a call that succeeded
  std::string call;   // its name
  std::string path;   // absolute, as the step names it
  std::string other;  // of kRename; of setrlimit(2) the hard limit that was asked for
};

// The name of any call of another architecture, as a 32-bit program makes it. `path` is the
// program, and whether it failed is not noted.
inline constexpr const char* kForeignCall = "foreign";

// The notes of a tracer, one after the other. A package chose the paths: any bytes but NUL.
std::string encode(const FailedCall& failed);
// Incomplete notes at the end are left out.
std::vector<FailedCall> decode_calls(const std::string& text);

}  // namespace rind
