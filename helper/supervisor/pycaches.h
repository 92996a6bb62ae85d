// The compiled modules of a build environment.
//
// Without Rind the first build hook that imports a module leaves it compiled, and the next ones do
// not compile it again. A step may not write to the environment. So while it runs, the
// __pycache__ directories are its own; what it compiled stays. That holds only for an environment
// that the front end made for one package: what a step writes there, only steps of the same package
// run, and no install, which has a network.
#pragma once

#include <string>
#include <vector>

#include "common/base/fd.h"
#include "helper/plan/plan.h"

namespace rind {

class Pycaches {
 public:
  // Gives the __pycache__ directories in plan.package_directories to the step, and makes those that
  // are missing. Does nothing in a directory that another step uses. Throws Error.
  explicit Pycaches(const Plan& plan);
  ~Pycaches();
  Pycaches(const Pycaches&) = delete;
  Pycaches& operator=(const Pycaches&) = delete;

  // Takes them back: the compiled modules become the builder's, and everything else is removed.
  // Throws Error.
  void give_back();

 private:
  struct Place {
    Fd top;  // of the packages, with a lock
    std::string path;
    std::vector<std::string> lent;  // relative
  };
  void lend(Place& place);
  void lend_in(Place& place, const Fd& directory, const std::string& below);
  void take_back(int cache, const std::string& path) const;
  bool is_lease(uid_t uid) const;

  const Plan& plan_;
  std::vector<Place> places_;
};

}  // namespace rind
