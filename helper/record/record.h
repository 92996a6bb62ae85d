// What a step leaves for the operator: one line of JSON a step, docs/record.md.
//
// The supervisor writes it, outside of the sandbox, after the step has ended: nothing that a
// package runs holds the file. What a package named (outputs, files that were dropped, its own
// directory) is data in it: any bytes make a valid line of ASCII.
#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <vector>

#include "common/base/fd.h"
#include "common/base/json_fwd.h"
#include "common/kit/manifest.h"
#include "common/policy/policy.h"

namespace rind {

// A record names at most this many dropped files, so that a step cannot make it as long as it
// likes.
inline constexpr size_t kRecordedDropped = 32;

struct StepRecord {
  struct Identity {
    std::string mode;  // "ephemeral" or "self"
    unsigned uid = 0, gid = 0;
    std::string reason;  // why it is this one
  };
  struct Output {
    std::string name;  // the kwarg or option that asked for it
    std::string path;
    uint64_t size = 0;  // bytes
    std::string sha256;
  };

  struct timespec start = {}, end = {};  // CLOCK_REALTIME
  std::string kind;                      // to_string(Step::Kind)
  std::string hook, package, source, build_environment;
  std::string program;  // command[0] only: arguments may carry secrets
  Identity identity;
  std::string network, seccomp;
  std::vector<std::string> namespaces;
  std::vector<std::string> rules;   // of the policy's packages, that were applied
  std::vector<std::string> absent;  // what was preferred and could not be had

  // How it ended: one of the first two, or an error of Rind's own.
  std::optional<int> exit_status, signal;
  std::string error, limit;  // limit: which one ended it
  uint64_t refused_network = 0;
  bool out_of_memory = false, killed_by_seccomp = false;

  std::vector<Output> outputs;
  std::vector<std::string> dropped;  // names, the first ones
  uint64_t dropped_count = 0;        // all of them
};

// Version 1. Strings are as they came and need not be UTF-8: to_line is what dumps them.
Json to_json(const StepRecord& record);

// One line with its newline, ASCII only. Bytes that are no UTF-8 become U+FFFD. Never throws for
// anything that a name may hold.
std::string to_line(const StepRecord& record);

// The file that records are appended to; inert where the policy wants none.
class RecordFile {
 public:
  // Called before the step starts: throws Error when the policy wants a record and it cannot be
  // written. in_kit: the file of place `host`.
  static RecordFile open(const RecordRules& rules, const std::string& in_kit = kit::kRecord);

  // One write(2) of one line, while no other supervisor writes. Throws Error; then the file has no
  // part of the line.
  void append(const StepRecord& record);
  // The same before an error that is thrown in any case: a failure of its own is only said.
  void append_quietly(const StepRecord& record);

 private:
  RecordFile() = default;

  std::string path_;
  Fd file_;
};

}  // namespace rind
