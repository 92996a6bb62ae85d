// One call: what to execute, with which environment, where.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/policy/policy.h"
#include "helper/step/python_command.h"

namespace rind {

// A call of a PEP 517 hook in a subprocess: `PYTHON .../_in_process.py HOOK CONTROL`
// (pyproject_hooks and the older pep517).
struct HookCall {
  std::string hook;
  std::string control;  // as given
};
std::optional<HookCall> hook_call(const std::vector<std::string>& command);

// An old-style build: `PYTHON -m pip [options] wheel [options] SOURCE`.
struct PipWheelCall {
  std::string wheel_directory, log, source;  // as given; empty where absent
};
std::optional<PipWheelCall> pip_wheel_call(const std::vector<std::string>& command);

struct Call {
  // command: at least one word. environment: NAME=VALUE, as the caller gave it.
  // interpreter_environment: see below.
  Call(std::vector<std::string> command, std::vector<std::string> environment,
       bool by_interpreter = false, std::string interpreter_environment = {});

  const std::vector<std::string> command;
  std::vector<std::string> environment;
  // True when the call came through an interpreter's seam: its arguments alone tell its
  // environment.
  bool by_interpreter = false;
  std::string interpreter_environment;  // canonical; "" for the image's own

  // What the command says, parsed once.
  const std::optional<HookCall> hook;
  const std::optional<PipWheelCall> pip_wheel;
  const PythonCommand python;
  const bool installs;  // pip or ensurepip, not a hook: writes to its environment
};

// The value of NAME in `environment`, or nothing.
std::optional<std::string> variable(const std::vector<std::string>& environment,
                                    const std::string& name);

// Returns the command in a call of `unshare` that a front end makes for a step, by the policy's
// seams.unshare.calls; nothing for any other call. arguments: without argv[0].
std::optional<std::vector<std::string>> unshare_command(const SeamRules& rules,
                                                        const std::vector<std::string>& arguments);

}  // namespace rind
