// Checks after a step that the front end's paths still lead to the same files and directories.
//
// A mount point cannot be renamed, but a directory above it can. A step that may write there can
// put another tree in place of its output directory, or replace a link on the way. The front end
// goes by the path, and would find that tree instead of the checked result.
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
  // Call this before the step starts; `scratch` holds the directories that the private ones cover.
  // Throws Error.
  NamedPlaces(const Plan& plan, const Step& step, const Scratch& scratch);

  // Throws Error unless each path still leads to the same file or directory, both as it was
  // resolved and as the front end spelled it. Every process of the step must be dead.
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
  std::vector<Fd> held_;  // open, so that no inode number is reused
};

}  // namespace rind
