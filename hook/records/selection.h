// The records that were asked for: which files, which lines.
//
// Only the place of each line is kept in memory: a file of gigabytes, and thousands of files, are
// read as a stream.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hook/decide/host_policy.h"
#include "hook/records/step_line.h"

namespace rind::hook {

struct Filter {
  std::optional<int64_t> since;  // milliseconds since 1970: steps that ended then, or later
  std::string package;           // a pattern of names, with the version or without; "": every one
  bool failed = false;           // only steps that failed
};
bool matches(const Filter& filter, const StepLine& step);

// The directories in which the policy, or one of its choices, keeps records on this host.
std::vector<std::string> record_directories(const PolicyFiles& policy);

class Selection {
 public:
  // paths: files, and directories of which every *.jsonl is read. Reads all of them. Files that
  // cannot be read are skipped and kept as troubles().
  Selection(const std::vector<std::string>& paths, Filter filter);

  // Calls `act` with each line that was selected and what it says, in the order in which the steps
  // ended. A line that another program has changed meanwhile is left out.
  void for_each(const std::function<void(const std::string&, const StepLine&)>& act) const;

  size_t size() const { return lines_.size(); }
  size_t files() const { return files_.size(); }
  // How many lines are no records, and where the first one is.
  size_t damaged() const { return damaged_; }
  const std::string& first_damaged() const { return first_damaged_; }
  const std::vector<std::string>& troubles() const { return troubles_; }

 private:
  struct Line {
    int64_t end = 0;
    uint64_t offset = 0;
    uint32_t file = 0, length = 0;
  };

  void add(const std::string& path, bool named);
  void add_directory(const std::string& path);
  void read(const std::string& path, int file);
  void take(const std::string& line, uint64_t offset, uint64_t number);

  const Filter filter_;
  std::vector<std::string> files_, troubles_;
  std::vector<Line> lines_;
  size_t damaged_ = 0;
  std::string first_damaged_;
};

}  // namespace rind::hook
