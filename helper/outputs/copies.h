// Copies of the caller's files in the private directories of a step.
//
// A directory for temporary files often belongs to its maker alone (0700), and its files are
// requests and scripts for this call. The step gets copies that belong to it. What it changes is
// known by inode and time of the last change (ctime), which no process can set.
#pragma once

#include <sys/stat.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "helper/plan/plan.h"
#include "helper/supervisor/scratch.h"

namespace rind {

class Copies {
 public:
  // Copies what the plan's captures name. Throws Error.
  Copies(const Plan& plan, const Scratch& scratch);

  // True for a file at `path` that the step has not changed since.
  bool is_unchanged(const std::string& path, const struct stat& st) const;
  // True for a path at which the step found a file or directory.
  bool was_there(const std::string& path) const { return known_.count(path) != 0; }
  // The copied files at these paths.
  std::vector<std::string> paths() const;
  // True for a path at which the step found a link.
  bool is_link(const std::string& path) const { return links_.count(path) != 0; }
  // True for a directory in which the caller has modules, scripts or programs.
  bool has_code(const std::string& directory) const { return with_code_.count(directory) != 0; }

 private:
  struct Place;
  void copy(const Place& place, const std::string& name, const Plan& plan);
  void note(const std::string& path, const struct stat& st);

  struct State {
    ino_t inode;
    struct timespec changed;
  };
  std::map<std::string, State> known_;
  std::map<std::string, bool> with_code_;
  std::set<std::string> links_;
};

// True for names of files that an interpreter imports or a shell executes.
bool is_code(const std::string& name, mode_t mode);

}  // namespace rind
