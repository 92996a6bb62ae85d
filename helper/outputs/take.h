// Takes files and trees that a dead step left: they become the builder's, and move to their place.
//
// Works by descriptor from the first check on, and follows no link.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "common/base/fd.h"
#include "helper/plan/plan.h"
#include "helper/supervisor/scratch.h"

namespace rind {

constexpr const char* kTakeOutput = "take the step's output";
// The largest artefact, in bytes: a package can make a sparse file of any size.
constexpr uint64_t kArtefactLimit = uint64_t{16} << 30;

// A step with the builder's uid makes files that are the builder's. Some network file systems give
// them another number, and allow nobody to change it.
inline bool has_builders_uid(const Plan& plan) {
  return plan.identity.mode == PlannedIdentity::Mode::kSelf;
}

// Closes the directory `top` of the dead step: another step may have received a descriptor of it.
// name: for messages. Throws SysError.
void seal_directory(int top, const std::string& name, const Plan& plan);

struct TakenFile {
  Fd file;  // open for reading, with a lease where the file system has them
  uint64_t size = 0;
};

// Takes a file that the step left in `directory`: a regular file with one hard link, or with any
// number of them where `linked` says that the caller looks for the others. Throws Error.
TakenFile take_file(int directory, const std::string& name, const Plan& plan, bool linked = false);

// Marks a file that was taken as left by a step (helper/step/marks.h), where the file system
// has attributes. Throws SysError.
void mark_as_left(const TakenFile& taken);

// Takes a symbolic link that the step left in `directory`, if `allowed` says so of its target.
// Returns false when it does not. Throws Error for what is no link any more.
bool take_link(int directory, const std::string& name, const Plan& plan,
               const std::function<bool(const std::string& target)>& allowed);

// What a tree may hold, beside directories and regular files with one hard link.
struct TreeRules {
  int deepest = 16;
  int most_entries = 10000;
  // Whether a symbolic link may stay: its path below `name`, and its target. None may by default.
  std::function<bool(const std::string& path, const std::string& target)> keeps_link = {};
  bool marked = false;       // every file gets the mark of mark_as_left()
  bool keeps_names = false;  // a file may have several hard links, all of them in the tree
};

// Takes the directory `name` and all that it holds. Returns the size of its files in bytes. Throws
// Error, also for an entry that `rules` do not allow.
uint64_t take_tree(int parent, const std::string& name, const Plan& plan, const TreeRules& rules);

// Removes what was moved to `path`, in `directory`, if it is not the taken file, and throws Error:
// its name may have got another one before it was moved.
void require_moved(int directory, const std::string& path, const TakenFile& taken);

// A directory of the front end that gets an artefact.
struct Target {
  std::string path;
  bool may_replace = false;  // an artefact may replace one of the same name
  std::string project = {};  // otherwise: one of the same project may; "" for none
};

// Moves the taken file to the front end's directory. In a directory of several packages it replaces
// a file only when the name tells the package, or when the same project is built again. Throws
// Error.
void deliver(const Target& target, const Scratch::Pair& place, const TakenFile& taken,
             const std::string& name);

}  // namespace rind
