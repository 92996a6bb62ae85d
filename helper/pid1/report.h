// The report of pid 1 to the supervisor, through a pipe: any number of notes, then how the step
// ended.
//
// The supervisor reads after pid 1 has ended, so a report must fit into the smallest pipe.
#pragma once

#include <cstdint>

#include "common/base/error.h"
#include "helper/pid1/notes.h"

namespace rind {

// What a step's processes used: those that had ended, and been waited for, when the step's own one
// ended (getrusage(2), RUSAGE_CHILDREN).
struct StepUsage {
  bool known = false;
  uint64_t peak_memory = 0;  // bytes, of the largest process; not the sum
  uint64_t user_time = 0;    // microseconds
  uint64_t system_time = 0;  // microseconds
  uint64_t written = 0;      // bytes that became dirty in file systems with a disk behind them
};

// How a step ended that was executed.
struct StepEnd {
  int status = 0;  // waitpid(2)
  // Packets and connections that had no route. Counted when somebody is told: not for a step that
  // ended well without a record.
  uint64_t refused_network = 0;
  bool killed_by_seccomp = false;  // of any process that pid 1 reaped
  StepUsage usage = {};
};

void report_end(int pipe, const StepEnd& end);
// The command could not be executed.
void report_exec_failure(int pipe, int code);
// The sandbox could not be made.
void report_error(int pipe, const Error& error);
// Reports the first notes.
void report_notes(int pipe, const Notes& notes);

// Reads the whole report. Returns how the step ended, or throws the reported error. pid1_status:
// how pid 1 ended; if it was killed before it reported, the step counts as killed in the same way.
// notes: gets the notes.
StepEnd read_report(int pipe, const std::string& command, int pid1_status, Notes& notes);

}  // namespace rind
