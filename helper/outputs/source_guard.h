// Guards the files of the sources that front ends open themselves.
//
// Fromager writes a missing PKG-INFO and reads pyproject.toml as the builder, outside of every
// step. Through a link that a step left, it would write or read a file that the step cannot reach.
// It would wait for ever at a fifo. And they go on by the words of a pyproject.toml that a step has
// changed meanwhile. An interpreter that was started in the sources (python -m build) looks there
// first for what it imports after a step.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/fd.h"
#include "helper/plan/plan.h"
#include "helper/step/step.h"

namespace rind {

class SourceGuard {
 public:
  // Call this before the sources are lent: what exists then belongs to the front end. Throws Error.
  SourceGuard(const Plan& plan, const Step& step);
  // Calls check(), and prints its error. The sources must belong to the builder again.
  ~SourceGuard();
  SourceGuard(const SourceGuard&) = delete;
  SourceGuard& operator=(const SourceGuard&) = delete;

  // Removes each of these links that leads out of the sources, and each fifo or socket, unless it
  // existed before the step. Throws Error when there was one. Marks a directory in which the step
  // has changed the pyproject.toml, or removed what makes it look like a project (kChangedMark),
  // and puts back a PKG-INFO that it has removed. Removes modules that the step has put where its
  // callers would import them in the place of their own, which is an error, too.
  void check();

 private:
  std::string remove_modules() const;
  void mark_changed(const Fd& top) const;
  void put_pkg_info_back(const Fd& top) const;

  std::string source_;  // "" when the step has none
  struct Was {
    std::string kind;
    bool inside = true;  // also when nothing was there
  };
  std::map<std::string, Was> was_;  // by path below the sources
  struct Words {
    std::optional<std::string> text;  // nothing: there is none, or it is too large
    bool marked = false;
    bool project = false;                 // it looks like one
    std::optional<std::string> pkg_info;  // it tells that the sources are a package's
  };
  std::map<std::string, Words> words_;  // by directory below the sources: "", or with a slash
  // Entries with names of standard modules, by directory.
  std::map<std::string, std::set<std::string>> modules_;
  bool checked_ = false;
};

}  // namespace rind
