// Which system calls the tracer notes when they fail, and where their arguments are.
#pragma once

#include "helper/trace/failed_call.h"

namespace rind {

struct KnownCall {
  // Where the first path comes from.
  enum class Form {
    kPath,        // `path`, below the directory of `directory`
    kTwoPaths,    // also `other`, below the directory of `other_directory`
    kDescriptor,  // `directory` is the descriptor of the file itself
    kAddress,     // a socket's address at `path`, of the length `other`
    kNumber,      // no path: `path` is an argument to print, or kNone
  };
  static constexpr int kNone = -1;  // no such argument
  static constexpr int kHere = -1;  // `directory`: the working directory
  long number;
  const char* name;
  Form form;
  FailedCall::Want want;
  int directory, path;  // numbers of arguments
  int flags = kNone;    // of open(2); of access(2): its mode
  int other_directory = kHere, other = kNone;
};

// The call of this architecture; nullptr for one that is not noted.
const KnownCall* known_call(long number);

// True when this errno of that call can be Rind's doing.
bool is_denial(const KnownCall& call, int code);

}  // namespace rind
