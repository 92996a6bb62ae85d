// What the front end named, and still means, when the step has ended.
//
// A mount point cannot be renamed, a directory above it can. A step that writes there puts another
// tree in the place of its output directory, with what it likes in it, and the front end, which
// goes by the path, would find that instead of what was checked. The same by a link on the way.
#pragma once

#include <string>
#include <vector>

#include "common/base/fd.h"
#include "helper/plan/plan.h"
#include "helper/step/step.h"
#include "helper/supervisor/scratch.h"

namespace rind {

class NamedPlaces {
 public:
  // Before the step starts; `scratch` holds what its private directories cover. Throws Error.
  NamedPlaces(const Plan& plan, const Step& step, const Scratch& scratch);

  // When everything of the step is dead: throws Error unless each path, as it was resolved and as
  // the front end spelled it, still leads to the directory or file that it led to.
  void require_unmoved() const;

 private:
  struct Place {
    std::string name;  // the kwarg or option, for messages
    std::string path;  // canonical
    std::string spelled;
    dev_t device;
    ino_t inode;
  };
  void add(const std::string& name, const std::string& path, int fd, const Step& step);
  void open_and_add(const std::string& name, const std::string& path, const Step& step);

  std::vector<Place> places_;
  std::vector<Fd> held_;  // so that no inode number is used again
};

}  // namespace rind
