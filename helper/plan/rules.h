// The rules that make a step's views: one for each path, the stronger wins.
#pragma once

#include <string>
#include <vector>

#include "helper/plan/plan.h"

namespace rind {

// The source of a rule, weakest first.
enum Strength { kOutOfSight, kByPath, kByVariable, kByEngine, kByCommandLine, kByStep };

class Rules {
 public:
  // Between two rules for one path the stronger one wins; between equal ones, the one that shows
  // less.
  void add(Strength strength, PlannedView view);
  // The views by path, every directory before its content.
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
