// Follows a path as the kernel does for a process of the step. Pure.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "helper/plan/access.h"
#include "helper/plan/step_tree.h"

namespace rind {

class StepWalk {
 public:
  StepWalk(const Plan& plan, const AccessFacts& facts) : plan_(plan), facts_(facts) {}

  // path: as access_of.
  void follow(const std::string& path);

  const std::string& at() const { return at_; }
  // The path with what was not walked any more, as it was spelled.
  std::string target() const;
  const StepNode& here() const { return here_; }
  // The directory that would hold the path, where the path itself is absent.
  const std::string& above() const { return above_; }
  const StepNode& directory() const { return directory_; }
  // What denies every action; nothing where the end was reached, or only the last part is absent.
  bool stopped() const { return stopped_; }
  const Answer& denied() const { return denied_; }
  // More than the last part is absent.
  bool way_is_absent() const { return way_is_absent_; }
  const std::vector<std::string>& links() const { return links_; }

 private:
  void enter(const std::string& path);
  void push(const std::string& path);
  void stop(Answer denied);
  // Keeps the name for target().
  void stop_before(const std::string& name, Answer denied);
  void step_to(const std::string& name);
  void follow_link();
  bool is_protected(const StepNode& link) const;

  const Plan& plan_;
  const AccessFacts& facts_;
  std::deque<std::string> waiting_;
  std::vector<std::string> links_;
  std::string at_, above_;
  StepNode here_, directory_;
  bool must_be_directory_ = false, stopped_ = false, way_is_absent_ = false;
  Answer denied_;
};

}  // namespace rind
