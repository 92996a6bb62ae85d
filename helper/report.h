// What pid 1 tells the supervisor, through a pipe: one message at most.
#pragma once

#include "common/error.h"

namespace rind {

// The step's process ended with this wait status.
void report_status(int pipe, int wait_status);
// The command could not be executed.
void report_exec_failure(int pipe, int code);
// The sandbox could not be made.
void report_error(int pipe, const Error& error);

// Reads the message. Returns the step's wait status, or throws what was reported. pid1_status: how
// pid 1 itself ended; when it was killed without a word, the step is taken to have died so.
int read_report(int pipe, const std::string& command, int pid1_status);

}  // namespace rind
