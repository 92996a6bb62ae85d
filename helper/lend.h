// Lending: a tree belongs to the step while it runs, and is the builder's again afterwards.
//
// By descriptor, through no link, on one file system. A file with a name outside of the tree is
// refused: it would be lent with it. The top goes first when a tree is lent and last when it is
// given back, so the top's owner tells whether a tree is lent: one that is, by a step whose
// supervisor was killed, is taken over.
#pragma once

#include <string>
#include <vector>

#include "helper/facts.h"
#include "helper/plan.h"

namespace rind {

class Lending {
 public:
  // Gives plan.lent to plan.uid and plan.gid. Throws Error; then everything is the builder's again.
  explicit Lending(const Plan& plan);
  // Gives back what give_back() did not.
  ~Lending();
  Lending(const Lending&) = delete;
  Lending& operator=(const Lending&) = delete;

  // Throws Error when a tree cannot be the builder's again as a whole.
  void give_back();

 private:
  void lend(const LentTree& tree, const std::vector<unsigned>& ids);

  Owner step_, builder_;
  std::vector<LentTree> lent_;
};

}  // namespace rind
