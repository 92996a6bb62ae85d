// What pid 1 tells the supervisor, through a pipe: any number of notes, then how the step ended.
//
// Nobody reads before pid 1 has ended, so everything together fits into the smallest pipe.
#pragma once

#include <cstdint>

#include "common/base/error.h"
#include "helper/pid1/notes.h"

namespace rind {

// What is known of a step that was executed.
struct StepEnd {
  int status = 0;                  // waitpid(2)
  uint64_t refused_network = 0;    // packets and connections that had nowhere to go
  bool killed_by_seccomp = false;  // any process that pid 1 has seen the end of
};

void report_end(int pipe, const StepEnd& end);
// The command could not be executed.
void report_exec_failure(int pipe, int code);
// The sandbox could not be made.
void report_error(int pipe, const Error& error);
// The first of what the policy prefers and is not there.
void report_notes(int pipe, const Notes& notes);

// Reads everything. Returns how the step ended, or throws what was reported. pid1_status: how pid 1
// itself ended; when it was killed without a word, the step is taken to have died so. notes: gets
// the notes.
StepEnd read_report(int pipe, const std::string& command, int pid1_status, Notes& notes);

}  // namespace rind
