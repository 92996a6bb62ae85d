// `rind-hook log` and `rind-hook report`: the records of steps, for people and programs.
#pragma once

#include <string>
#include <vector>

#include "common/policy/policy.h"

namespace rind::hook {

// What both commands are asked.
struct RecordsAsked {
  std::string since, package;      // as on the command line; "" for none
  bool failed = false;             // failed steps alone
  std::vector<std::string> paths;  // files and directories; empty: where the policy keeps records
};

enum class LogFormat { kTable, kJson, kProvenance };

// Prints the records, those of the newest steps last. Returns 1 when a file could not be read.
// Throws Error.
int log(const PolicyFiles& policy, const RecordsAsked& asked, LogFormat format);

// Writes one HTML page about the records to the file `output`, or to standard output for "".
// Returns as log().
int report(const PolicyFiles& policy, const RecordsAsked& asked, const std::string& output);

}  // namespace rind::hook
