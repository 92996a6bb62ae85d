// The guard of the sources: names in them that front ends open themselves.
//
// Fromager writes a PKG-INFO where there is none, and reads pyproject.toml, outside of every step
// and as the builder. Through a link that a step left there, it would write or read a file that the
// step could not; at a fifo it would wait for ever.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "helper/plan/plan.h"
#include "helper/step/step.h"

namespace rind {

class SourceGuard {
 public:
  // Before the sources are lent: what is there already is the front end's affair. Throws Error.
  SourceGuard(const Plan& plan, const Step& step);
  // When they are the builder's again: check(), which says what it found.
  ~SourceGuard();
  SourceGuard(const SourceGuard&) = delete;
  SourceGuard& operator=(const SourceGuard&) = delete;

  // Removes each such link that leads out of the sources, and each fifo or socket, that was not
  // there before the step; throws Error when there was one.
  void check();

 private:
  std::string source_;  // "" when the step has none
  struct Was {
    std::string kind;
    bool inside = true;  // or nothing was there
  };
  std::map<std::string, Was> was_;  // by path below the sources
  bool checked_ = false;
};

}  // namespace rind
