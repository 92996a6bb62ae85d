#include "helper/plan/access.h"

#include <algorithm>
#include <cstdio>
#include <deque>

#include "common/base/names.h"
#include "common/base/text.h"
#include "helper/plan/step_tree.h"
#include "helper/step/call.h"

namespace rind {
namespace {

using Type = NodeFact::Type;

std::string octal(unsigned mode) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, "%04o", mode);
  return buffer;
}

// "mode 0600 of uid 0, the step is another user"
std::string mode_text(const Plan& plan, const StepNode& node) {
  std::string text = (node.fact.acl.empty() ? "mode " : "an ACL and mode ") + octal(node.fact.mode);
  if (node.own) return text + " of the step's own uid";
  text += " of uid " + std::to_string(node.fact.uid);
  if ((node.fact.mode >> 3 & 7U) != (node.fact.mode & 7U)) {
    text += " and gid " + std::to_string(node.fact.gid);
  }
  return text + (keeps_builders_ids(plan)
                     ? ", the step is uid " + std::to_string(plan.uid) + " without capabilities"
                     : ", the step is another user");
}

std::string type_text(Type type) {
  return (type == Type::kAbsent || type == Type::kUnknown ? "" : "a ") + to_string(type);
}

std::string view_text(const StepNode& node) {
  return node.view == nullptr ? "the root is read-only"
                              : node.view->rule + ", by the view of " + node.view->path;
}

std::string home_of(const Plan& plan) { return variable(plan.environment, "HOME").value_or(""); }

std::string without_tilde(const Plan& plan, const std::string& path) {
  const bool tilde = path == "~" || path.starts_with("~/");
  return tilde ? home_of(plan) + path.substr(1) : path;
}

std::string joined(const std::string& directory, const std::string& name) {
  return directory == "/" ? "/" + name : directory + "/" + name;
}

// Follows a path as the kernel does for a process of the step.
class Walk {
 public:
  Walk(const Plan& plan, const AccessFacts& facts) : plan_(plan), facts_(facts) {}

  void follow(const std::string& path) {
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
    stop({false, Denial::kKind, at_ + " is no directory", at_});
  }

  const std::string& at() const { return at_; }
  // The path with what was not walked any more, as it was spelled.
  std::string target() const {
    std::string path = at_;
    for (const auto& name : waiting_) path = joined(path, name);
    return path;
  }
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
  void enter(const std::string& path) {
    at_ = path;
    here_ = node_in_step(plan_, facts_, path);
  }

  void push(const std::string& path) {
    std::vector<std::string> parts;
    for (auto& part : split(path, '/')) {
      if (!part.empty()) parts.push_back(std::move(part));
    }
    waiting_.insert(waiting_.begin(), parts.begin(), parts.end());
  }

  void stop(Answer denied) {
    stopped_ = true;
    denied_ = std::move(denied);
  }

  // Keeps the name for target().
  void stop_before(const std::string& name, Answer denied) {
    waiting_.push_front(name);
    stop(std::move(denied));
  }

  void step_to(const std::string& name) {
    if (here_.fact.type == Type::kAbsent) {
      way_is_absent_ = true;
      at_ = joined(at_, name);
      return;
    }
    if (here_.of_process) return stop_before(name, {true, Denial::kNone, "", at_});
    if (here_.fact.type != Type::kDirectory) {
      return stop_before(name, {false, Denial::kKind, at_ + " is no directory", at_});
    }
    if ((rights_of_step(plan_, facts_, here_) & kSearchRight) == 0) {
      return stop_before(name, {false, Denial::kWay,
                                at_ + " cannot be searched: " + mode_text(plan_, here_), at_});
    }
    if (name == ".") return;
    if (name == "..") return enter(parent_of(at_));
    above_ = at_;
    directory_ = here_;
    enter(joined(at_, name));
    if (here_.fact.type == Type::kLink) follow_link();
  }

  void follow_link() {
    constexpr size_t kMost = 40;  // MAXSYMLINKS of the kernel
    const std::string link = at_;
    const StepNode node = here_;
    links_.push_back(link);
    if (links_.size() > kMost) {
      return stop(
          {false, Denial::kLink, "the links at " + links_.front() + " lead in a loop", link});
    }
    if (is_protected(node)) {
      return stop({false, Denial::kLink,
                   link + " is a link of uid " + std::to_string(node.fact.uid) + " in " + above_ +
                       ", where everybody may make links (fs.protected_symlinks)",
                   link});
    }
    if (node.fact.target.ends_with("/") && waiting_.empty()) must_be_directory_ = true;
    enter(node.fact.target.starts_with("/") ? "/" : above_);
    push(node.fact.target);
  }

  // may_follow_link() of the kernel. It is asked for the last part of a path alone.
  bool is_protected(const StepNode& link) const {
    constexpr unsigned kShared = 01002;
    if (!facts_.protected_symlinks || !waiting_.empty() || link.own) return false;
    if ((directory_.fact.mode & kShared) != kShared) return false;
    return directory_.own || directory_.fact.uid != link.fact.uid;
  }

  const Plan& plan_;
  const AccessFacts& facts_;
  std::deque<std::string> waiting_;
  std::vector<std::string> links_;
  std::string at_, above_;
  StepNode here_, directory_;
  bool must_be_directory_ = false, stopped_ = false, way_is_absent_ = false;
  Answer denied_;
};

// Decides each action on what the walk found.
class Judge {
 public:
  Judge(const Plan& plan, const AccessFacts& facts, const Walk& walk)
      : plan_(plan),
        walk_(walk),
        node_(walk.here()),
        rights_(rights_of_step(plan, facts, walk.here())) {}

  Answer read() const {
    if (node_.fact.type == Type::kSocket) return no(Denial::kKind, "it is a socket");
    if (is_device() && node_.fact.nodev) return nodev();
    return (rights_ & kReadRight) != 0 ? yes() : no(Denial::kMode, mode_text(plan_, node_));
  }

  Answer write() const {
    if (node_.fact.type == Type::kDirectory) return create();
    if (node_.fact.type == Type::kSocket) return no(Denial::kKind, "it is a socket");
    if (is_device() && node_.fact.nodev) return nodev();
    // Devices and fifos can be written to on read-only mounts.
    const bool regular = node_.fact.type == Type::kFile;
    if (regular && node_.fact.read_only) return read_only();
    return change();
  }

  Answer execute() const {
    const bool directory = node_.fact.type == Type::kDirectory;
    if (!directory && node_.fact.type != Type::kFile) {
      return no(Denial::kKind, "it is " + type_text(node_.fact.type));
    }
    if (!directory && node_.fact.noexec) return noexec();
    const bool opened = directory || !node_.lower || node_.lower_readable;
    if ((rights_ & kSearchRight) == 0 || !opened) {
      return no(Denial::kMode, mode_text(plan_, node_));
    }
    return yes();
  }

  Answer create() const {
    if (node_.fact.type != Type::kDirectory) {
      return no(Denial::kKind, "it exists, and is " + type_text(node_.fact.type));
    }
    return create_in(walk_.at(), node_, rights_);
  }

  Answer connect() const {
    if (node_.fact.type != Type::kSocket) return no(Denial::kKind, "it is no socket");
    const bool overlay = node_.view != nullptr && node_.view->view == View::kCow;
    if (overlay)
      return no(Denial::kCow, "the socket in a cow view is another than the container's");
    return (rights_ & kWriteRight) != 0 ? yes() : no(Denial::kMode, mode_text(plan_, node_));
  }

  // A file in the directory `node`.
  Answer create_in(const std::string& path, const StepNode& node, unsigned rights) const {
    const Judge there(plan_, walk_, node, path);
    if (node.fact.read_only) return there.read_only();
    if ((rights & (kWriteRight | kSearchRight)) != (kWriteRight | kSearchRight)) {
      return {false, Denial::kMode, mode_text(plan_, node), path};
    }
    return there.copies() ? yes() : there.not_copied();
  }

 private:
  Judge(const Plan& plan, const Walk& walk, const StepNode& node, std::string path)
      : plan_(plan), walk_(walk), node_(node), path_(std::move(path)) {}

  static Answer yes() { return {true, Denial::kNone, "", ""}; }
  std::string path() const { return path_.empty() ? walk_.at() : path_; }
  Answer no(Denial denial, const std::string& why) const { return {false, denial, why, path()}; }

  bool is_device() const {
    return node_.fact.type == Type::kCharacter || node_.fact.type == Type::kBlock;
  }
  bool copies() const { return !node_.lower_fixed; }

  Answer change() const {
    if ((rights_ & kWriteRight) == 0) return no(Denial::kMode, mode_text(plan_, node_));
    return copies() ? yes() : not_copied();
  }
  Answer not_copied() const {
    return no(Denial::kCow, "it belongs to uid " + std::to_string(node_.fact.uid) +
                                ", and the kernel copies no file of another user in a cow view; "
                                "replacing the file works where its directory is writable");
  }
  Answer read_only() const {
    if (node_.masked) return no(Denial::kHidden, "masked, as the container masks it");
    if (node_.view != nullptr && node_.view->kind == PlannedView::Kind::kView) {
      if (node_.view->view == View::kHidden) return no(Denial::kHidden, view_text(node_));
      if (node_.view->view == View::kRw) {
        return no(Denial::kReadOnlyMount, "the container's own mount is read-only");
      }
    }
    return no(Denial::kReadOnlyView, view_text(node_));
  }
  Answer noexec() const {
    if (node_.mount_noexec) {
      return no(Denial::kNoexecMount, "the container's own mount is noexec");
    }
    const bool hidden = node_.view != nullptr && node_.view->view == View::kHidden;
    return no(hidden ? Denial::kHidden : Denial::kNoexecView, "noexec: " + view_text(node_));
  }
  Answer nodev() const {
    return no(Denial::kKind, "devices are closed outside of /dev: the mount is nodev");
  }

  const Plan& plan_;
  const Walk& walk_;
  const StepNode& node_;
  std::string path_;
  unsigned rights_ = 0;
};

// Why the step does not find a path that the walk ended at.
Answer why_absent(const Plan& plan, const Access& access, const StepNode& node,
                  const std::string& path) {
  const auto no = [&](Denial denial, const std::string& why) {
    return Answer{false, denial, why, path};
  };
  if (node.of_process) {
    return no(Denial::kProcess, "a process of the container; the step has processes of its own");
  }
  if (node.masked) return no(Denial::kHidden, "masked, as the container masks it");
  const PlannedView* view = node.view;
  const bool shows = view == nullptr || view->kind == PlannedView::Kind::kProc ||
                     (view->kind == PlannedView::Kind::kView && view->view != View::kHidden &&
                      view->view != View::kPrivate);
  if (shows || !access.container) {
    return no(Denial::kAbsent, "it does not exist in the container");
  }
  if (view->kind == PlannedView::Kind::kDevices) {
    const auto& missing = plan.devices.not_given;
    const bool named = std::find(missing.begin(), missing.end(),
                                 path.substr(view->path.size() + 1)) != missing.end();
    return no(named ? Denial::kDevice : Denial::kHidden,
              named ? "the container has the device, and `devices` in the policy does not name it"
                    : "the step has a /dev of its own");
  }
  return no(Denial::kHidden, "the container has it, and it is hidden: " + view_text(node));
}

void set_all(Access& access, const Answer& answer) {
  access.read = access.write = access.execute = access.create = access.connect = answer;
}

void describe(Access& access, const StepNode& node) {
  access.view = node.view == nullptr ? "ro" : name_of_view(*node.view);
  access.rule = node.view == nullptr ? "the root is read-only" : node.view->rule;
  access.place = node.view == nullptr ? "" : node.view->path;
  if (node.masked) access.rule = "masked, as the container masks it";
}

void judge_absent(const Plan& plan, const AccessFacts& facts, const Walk& walk, Access& access) {
  set_all(access, why_absent(plan, access, walk.here(), access.path));
  access.connect.denial = access.execute.denial = access.read.denial;
  if (walk.way_is_absent()) {
    access.create.why = parent_of(access.path) + " does not exist in the step";
    return;
  }
  const Judge judge(plan, facts, walk);
  const unsigned rights = rights_of_step(plan, facts, walk.directory());
  if (access.asked.ends_with("/")) return;  // open(2) makes no directories
  access.create = judge.create_in(walk.above(), walk.directory(), rights);
  if (walk.directory().view != nullptr && walk.directory().view->kind == PlannedView::Kind::kProc) {
    access.create = {false, Denial::kReadOnlyView, "/proc is read-only", walk.above()};
  }
}

}  // namespace

std::string to_string(Action action) {
  static constexpr Name<Action> kNames[] = {{Action::kRead, "read"},
                                            {Action::kWrite, "write"},
                                            {Action::kExecute, "execute"},
                                            {Action::kCreate, "create"},
                                            {Action::kConnect, "connect"}};
  return name_of(kNames, action);
}

std::string to_string(Denial denial) {
  static constexpr Name<Denial> kNames[] = {{Denial::kNone, "none"},
                                            {Denial::kKind, "type"},
                                            {Denial::kAbsent, "absent"},
                                            {Denial::kHidden, "hidden"},
                                            {Denial::kReadOnlyView, "read-only-view"},
                                            {Denial::kReadOnlyMount, "read-only-mount"},
                                            {Denial::kNoexecView, "noexec-view"},
                                            {Denial::kNoexecMount, "noexec-mount"},
                                            {Denial::kMode, "mode"},
                                            {Denial::kWay, "directory-on-the-way"},
                                            {Denial::kLink, "link"},
                                            {Denial::kCow, "cow"},
                                            {Denial::kDevice, "device"},
                                            {Denial::kProcess, "process"}};
  return name_of(kNames, denial);
}

const Answer& Access::of(Action action) const {
  switch (action) {
    case Action::kWrite:
      return write;
    case Action::kExecute:
      return execute;
    case Action::kCreate:
      return create;
    case Action::kConnect:
      return connect;
    case Action::kRead:
      break;
  }
  return read;
}

std::string name_of_view(const PlannedView& view) {
  switch (view.kind) {
    case PlannedView::Kind::kDevices:
      return "devices";
    case PlannedView::Kind::kProc:
      return "proc";
    case PlannedView::Kind::kFile:
      return "file";
    case PlannedView::Kind::kView:
      break;
  }
  return to_string(view.view);
}

Access access_of(const Plan& plan, const std::string& path, const AccessFacts& facts) {
  Access access;
  access.asked = path;
  Walk walk(plan, facts);
  walk.follow(without_tilde(plan, path));
  access.path = walk.target();
  access.links = walk.links();
  describe(access, walk.here());
  access.container = facts.look(access.path).type != Type::kAbsent;
  access.depends_on_process = walk.here().of_process && walk.here().fact.type != Type::kAbsent;
  if (walk.stopped()) {
    // Whether anything is there cannot be told.
    set_all(access, walk.denied());
    if (walk.denied().allowed) {
      access.write =
          access.create = {false, Denial::kReadOnlyView, "/proc is read-only", walk.at()};
    }
    return access;
  }
  access.fact = walk.here().fact;
  access.own = walk.here().own;
  if (access.fact.type == Type::kAbsent) {
    judge_absent(plan, facts, walk, access);
  } else if (access.fact.type == Type::kUnknown) {
    set_all(access, {false, Denial::kMode, "the builder's own user may not look at it", walk.at()});
  } else {
    const Judge judge(plan, facts, walk);
    access.read = judge.read();
    access.write = judge.write();
    access.execute = judge.execute();
    access.create = judge.create();
    access.connect = judge.connect();
  }
  return access;
}

}  // namespace rind
