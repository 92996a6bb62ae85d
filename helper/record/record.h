// The record of a step for the operator: one line of JSON for each step, docs/record.md.
//
// The supervisor writes it outside of the sandbox, after the step has ended; no process of a
// package has the file open. Names that a package chose (outputs, dropped files, its directory) are
// data in it: any bytes give a valid line of ASCII.
#pragma once

#include <sys/stat.h>

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

// A record names at most so many dropped files and withheld variables: neither a step nor its
// caller must decide its length.
inline constexpr size_t kRecordedDropped = 32, kRecordedWithheld = 64;

struct StepRecord {
  struct Identity {
    std::string mode;  // "ephemeral" or "self"
    unsigned uid = 0, gid = 0;
    std::string reason;  // why the step has this identity
  };
  // What its processes used; nothing where that is not known.
  struct Usage {
    std::optional<uint64_t> peak_memory, written;  // bytes
    std::optional<double> user_time, system_time;  // seconds
  };
  struct Output {
    std::string name;  // the kwarg or option that asked for it
    std::string path;
    uint64_t size = 0;  // bytes
    std::string sha256;
  };

  std::string id;                        // of this step, 16 hexadecimal digits
  std::string container;                 // its id, as the runtime calls it; "" if not known
  struct timespec start = {}, end = {};  // CLOCK_REALTIME
  std::string kind;                      // to_string(Step::Kind)
  std::string hook, package, source, build_environment;
  std::string program;  // command[0] only: arguments may carry secrets
  Identity identity;
  std::string network, seccomp;
  std::vector<std::string> namespaces;
  std::vector<std::string> rules;     // the rules of the policy's packages that were applied
  std::vector<std::string> absent;    // what the policy prefers and the step did not get
  std::vector<std::string> withheld;  // the variables that the step did not get

  // How it ended: an exit status, a signal, or an error of Rind.
  std::optional<int> exit_status, signal;
  std::string error, limit;         // limit: the limit that ended the step
  std::vector<std::string> causes;  // why it failed, each as the last line of the step says it
  uint64_t refused_network = 0;
  bool out_of_memory = false, killed_by_seccomp = false;

  Usage usage;
  std::vector<Output> outputs;
  std::vector<std::string> dropped;  // the first names
  uint64_t dropped_count = 0;        // how many in all
};

// Version 1. Strings may be invalid UTF-8: use to_line to print them.
Json to_json(const StepRecord& record);

// One line with its newline, ASCII only. Invalid UTF-8 becomes U+FFFD. No name makes it throw.
std::string to_line(const StepRecord& record);

// The file to which records are appended; does nothing where the policy asks for none.
class RecordFile {
 public:
  // Call this before the step starts. Throws Error when the policy asks for a record and it cannot
  // be written. in_kit: the file of place `host`.
  static RecordFile open(const RecordRules& rules, const std::string& in_kit = kit::kRecord);

  // Writes one line with one write(2), while no other supervisor writes. Throws Error; then the
  // file contains no part of the line.
  void append(const StepRecord& record);
  // The same, when another error is thrown in any case: its own error is only printed.
  void append_quietly(const StepRecord& record);

 private:
  RecordFile() = default;
  // Throws Error when the file has no name any more.
  void require_name(const struct stat& st) const;

  std::string path_;
  bool host_ = false;  // place `host`
  Fd file_;
};

}  // namespace rind
