#include "helper/plan/step_walk.h"

#include "common/base/text.h"
#include "helper/step/call.h"

namespace rind {
namespace {

using Type = NodeFact::Type;

std::string home_of(const Plan& plan) { return variable(plan.environment, "HOME").value_or(""); }

std::string without_tilde(const Plan& plan, const std::string& path) {
  const bool tilde = path == "~" || path.starts_with("~/");
  return tilde ? home_of(plan) + path.substr(1) : path;
}

std::string joined(const std::string& directory, const std::string& name) {
  return directory == "/" ? "/" + name : directory + "/" + name;
}

}  // namespace

void StepWalk::follow(const std::string& asked) {
  const std::string path = without_tilde(plan_, asked);
  must_be_directory_ = path.ends_with("/");
  // The kernel does not look at what lies above the working directory.
  enter(path.starts_with("/") ? "/" : plan_.cwd);
  push(path);
  while (!waiting_.empty() && !stopped_) {
    const std::string name = waiting_.front();
    waiting_.pop_front();
    step_to(name);
  }
  if (stopped_ || !must_be_directory_ || here_.fact.type == Type::kDirectory) return;
  if (here_.fact.type == Type::kAbsent) return;
  stop({false, Denial::kKind, shell_word(at_) + " is no directory", at_});
}

std::string StepWalk::target() const {
  std::string path = at_;
  for (const auto& name : waiting_) path = joined(path, name);
  return path;
}

void StepWalk::enter(const std::string& path) {
  at_ = path;
  here_ = node_in_step(plan_, facts_, path);
}

void StepWalk::push(const std::string& path) {
  std::vector<std::string> parts;
  for (auto& part : split(path, '/')) {
    if (!part.empty()) parts.push_back(std::move(part));
  }
  waiting_.insert(waiting_.begin(), parts.begin(), parts.end());
}

void StepWalk::stop(Answer denied) {
  stopped_ = true;
  denied_ = std::move(denied);
}

void StepWalk::stop_before(const std::string& name, Answer denied) {
  waiting_.push_front(name);
  stop(std::move(denied));
}

void StepWalk::step_to(const std::string& name) {
  if (here_.fact.type == Type::kAbsent) {
    way_is_absent_ = true;
    at_ = joined(at_, name);
    return;
  }
  if (here_.of_process) return stop_before(name, {true, Denial::kNone, "", at_});
  if (here_.fact.type != Type::kDirectory) {
    return stop_before(name, {false, Denial::kKind, shell_word(at_) + " is no directory", at_});
  }
  if ((rights_of_step(plan_, facts_, here_) & kSearchRight) == 0) {
    return stop_before(
        name, {false, Denial::kWay,
               shell_word(at_) + " cannot be searched: " + rights_text(plan_, here_), at_});
  }
  if (name == ".") return;
  if (name == "..") return enter(parent_of(at_));
  above_ = at_;
  directory_ = here_;
  enter(joined(at_, name));
  if (here_.fact.type == Type::kLink) follow_link();
}

void StepWalk::follow_link() {
  constexpr size_t kMost = 40;  // MAXSYMLINKS of the kernel
  const std::string link = at_;
  const StepNode node = here_;
  links_.push_back(link);
  if (links_.size() > kMost) {
    return stop({false, Denial::kLink,
                 "the links at " + shell_word(links_.front()) + " lead in a loop", link});
  }
  if (is_protected(node)) {
    return stop({false, Denial::kLink,
                 shell_word(link) + " is a link of uid " + std::to_string(node.fact.uid) + " in " +
                     shell_word(above_) +
                     ", where everybody may make links (fs.protected_symlinks)",
                 link});
  }
  if (node.fact.target.ends_with("/") && waiting_.empty()) must_be_directory_ = true;
  enter(node.fact.target.starts_with("/") ? "/" : above_);
  push(node.fact.target);
}

// may_follow_link() of the kernel. It is asked for the last part of a path alone.
bool StepWalk::is_protected(const StepNode& link) const {
  constexpr unsigned kShared = 01002;
  if (!facts_.protected_symlinks || !waiting_.empty() || link.own) return false;
  if ((directory_.fact.mode & kShared) != kShared) return false;
  return directory_.own || directory_.fact.uid != link.fact.uid;
}

}  // namespace rind
