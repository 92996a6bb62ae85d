// Directories on disk behind private views.
//
// The directory behind a private view of /tmp is /tmp/rind-private-XXXX/0: on the same file system
// as the builder's /tmp, with the same free space. Only its owner can enter the outer directory
// (0700). It is locked with flock(2) while the step lives, and the supervisor removes it
// afterwards. If the supervisor was killed, the next step removes it: nobody holds the lock.
//
// Views of one mount share an outer directory: removing a directory is slow, because ext4 tells the
// disk about each freed block (the mount option discard).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/base/fd.h"
#include "helper/pid1/notes.h"
#include "helper/plan/plan.h"

namespace rind {

class Scratch {
 public:
  // Makes a directory, owned by the step, for every disk-backed private view. Where that fails and
  // the view has a size, the step gets a tmpfs instead, and `notes` says so. Throws Error.
  Scratch(const Plan& plan, Notes& notes);
  // Removes the directories and their content.
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  // The backing directory of each view, by the view's path. Without one, the view is a tmpfs.
  const std::map<std::string, std::string>& paths() const { return paths_; }

  // The directory that the view at `path` covers (real), and the directory that the step sees
  // instead (top). For an output in place, both are the same directory. Open for reading, valid as
  // long as this object.
  struct Pair {
    int real, top;
  };
  Pair at(const std::string& path) const;

 private:
  struct Outer {
    std::string path;  // of the covered directory that contains it
    Fd parent;         // the same, open
    std::string name;  // in `parent`
    Fd lock;           // the outer directory, flock'ed
    uint64_t mount;    // the id of its mount
    bool shared;       // other views may have their directories in it
    size_t count = 0;  // of the directories in it: 0, 1, ...
  };
  struct Held {
    std::string path;    // of the view
    Fd real;             // the covered directory
    Fd top;              // what the step sees
    uint64_t mount = 0;  // the id of its mount
  };
  void make(const PlannedView& view, const Plan& plan);
  void make_or_note(const PlannedView& view, const Plan& plan, Notes& notes);
  // Both return false when another step removed the new directory before it was locked.
  static bool make_outer(const PlannedView& view, Outer& outer);
  bool add_top(const PlannedView& view, const Plan& plan, Outer& outer, Held& held);
  void remove_all();

  struct InPlace {
    std::string path;
    Fd directory;
  };

  std::vector<Outer> outers_;
  std::vector<Held> held_;
  std::vector<InPlace> in_place_;
  std::map<std::string, std::string> paths_;
};

// Removes the directory `name` in `parent` and its content. Follows no link, fails at a mount
// point, and its memory does not grow with the depth of the tree. Throws SysError.
void remove_tree(int parent, const std::string& name);
// The same for anything of that name; does nothing where nothing has it.
void remove_entry(int parent, const std::string& name);

}  // namespace rind
