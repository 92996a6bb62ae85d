// The rules that make a step's views, one for each path: of two, the stronger holds.
#pragma once

#include <string>
#include <vector>

#include "helper/plan/plan.h"

namespace rind {

// Who says so.
enum Strength { kOutOfSight, kByPath, kByVariable, kByEngine, kByCommandLine, kByStep };

class Rules {
 public:
  // Of two rules for one path the stronger one holds; of equals, the one that shows less.
  void add(Strength strength, PlannedView view);
  // By path, every directory before what lies in it.
  std::vector<PlannedView> sorted() const;

 private:
  struct Rule {
    PlannedView view;
    Strength strength;
  };
  std::vector<Rule> rules_;
};

PlannedView simple_view(const std::string& path, View view, bool directory,
                        const std::string& rule);

}  // namespace rind
