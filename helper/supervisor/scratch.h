// Directories that back private views on disk, and their end.
//
// A private view of /tmp is backed by /tmp/rind-private-XXXX/top: on the file system that the
// builder's /tmp is on, with the room that it has. The outer directory is closed to everybody
// (0700) and locked with flock(2) for as long as the step lives; the supervisor removes it
// afterwards, and when it was killed, the next step does: it takes the lock and removes what nobody
// holds.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/base/fd.h"
#include "helper/plan/plan.h"

namespace rind {

class Scratch {
 public:
  // Makes a directory, belonging to the step, for every disk-backed private view. Throws Error.
  explicit Scratch(const Plan& plan);
  // Removes them with what the step left there.
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  // The backing directory of each view, by the view's path.
  const std::map<std::string, std::string>& paths() const { return paths_; }

  // The directory that the view at `path` covers, and what the step sees in its place; of an output
  // in place, that directory twice. Open for reading, valid as long as this object.
  struct Pair {
    int real, top;
  };
  Pair at(const std::string& path) const;

 private:
  struct Held {
    std::string path;  // of the view
    Fd parent;         // the covered directory
    std::string name;  // of the outer directory in it
    Fd lock;           // the outer directory, flock'ed
    Fd top;            // what the step sees
  };
  void make(const PlannedView& view, const Plan& plan);
  void open_top(Held& held, const PlannedView& view, const Plan& plan);
  void remove_all();

  struct InPlace {
    std::string path;
    Fd directory;
  };

  std::vector<Held> held_;
  std::vector<InPlace> in_place_;
  std::map<std::string, std::string> paths_;
};

// Removes the directory `name` in `parent` with everything in it. Follows no link, crosses no mount
// point (it fails there), and needs no memory that grows with the depth of the tree. Throws
// SysError.
void remove_tree(int parent, const std::string& name);

}  // namespace rind
