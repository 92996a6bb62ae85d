// One line of a record, as it is read back. docs/record.md explains the keys.
//
// The user of a container can write anything into its own record: every value is checked, and every
// string is hostile. Unknown keys and keys of later releases are ignored, absent ones are empty.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/json_fwd.h"

namespace rind::hook {

struct StepLine {
  struct Output {
    std::string name, path, sha256;
    uint64_t size = 0;  // bytes
  };

  std::string id, container, start_text, end_text;
  int64_t start = 0, end = 0;  // milliseconds since 1970, UTC; start <= end
  double duration = 0;         // seconds
  std::string kind, hook, package, source, build_environment, program;
  std::string identity, identity_reason, network, seccomp;
  uint64_t uid = 0;
  std::vector<std::string> namespaces, rules, absent, causes, withheld, dropped;
  std::optional<int64_t> exit_status, signal;
  std::string error, limit;
  uint64_t refused_network = 0, dropped_count = 0;
  bool out_of_memory = false, killed_by_seccomp = false;
  std::optional<uint64_t> peak_memory, written;  // bytes
  std::optional<double> user_time, system_time;  // seconds
  std::vector<Output> outputs;

  // It did not do what it was started for, or Rind refused what it made.
  bool failed() const;
};

// Returns nothing unless `text` is a JSON object with the times of a record.
std::optional<StepLine> parse_step_line(const std::string& text);
std::optional<StepLine> step_line_of(const Json& value);

// What ran: the hook, or the kind and the program's name.
std::string step_name(const StepLine& step);
// "ok", "exit 1", "signal 9", "time limit", or "refused".
std::string verdict(const StepLine& step);
// Why it failed, as far as the record knows it; "" when it does not.
std::string reason(const StepLine& step);

}  // namespace rind::hook
