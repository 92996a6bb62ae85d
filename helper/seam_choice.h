// What becomes of a call that an interpreter's seam takes, and which seam takes a command.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/kit/manifest.h"
#include "helper/facts/kit_read.h"
#include "helper/step/call.h"

namespace rind {

// The step that a call of a covered interpreter is; nothing where it is the front end's own call.
// executed: the seam's path. given: the path that was given to execve(2); for a script, the
// script's. Throws Error for calls that the policy refuses, and for hooks that are not known.
std::optional<Call> step_of_interpreter(const kit::Manifest& manifest, const std::string& executed,
                                        const std::string& given,
                                        const std::vector<std::string>& argv,
                                        const std::vector<std::string>& environment);

// True where a command through a script seam is root inside, whoever the builder is.
bool script_maps_root();

// What a command is when somebody executes it in the builder.
struct ChosenCall {
  enum class By {
    kNone,         // no seam takes it: it is a step where a front end passes it to a script seam
    kScript,       // a script seam, with the command as its arguments
    kUnshare,      // unshare, with the options of a front end
    kInterpreter,  // an interpreter's seam
    kFrontEnd,     // an interpreter's seam; the front end's own call, not a step
  } by = By::kNone;
  std::string seam;  // the seam's path
  Call call;         // for kNone and kFrontEnd: the command itself
  bool inside_root = false;
};
std::string to_string(ChosenCall::By by);

// Finds the program as execvp(3) does, and follows shebang lines. Throws as step_of_interpreter.
ChosenCall choose_call(const Kit& kit, const std::vector<std::string>& command,
                       const std::vector<std::string>& environment);

}  // namespace rind
