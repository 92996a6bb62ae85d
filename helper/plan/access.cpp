#include "helper/plan/access.h"

#include <algorithm>

#include "common/base/names.h"
#include "common/base/text.h"
#include "helper/plan/step_walk.h"

namespace rind {
namespace {

using Type = NodeFact::Type;

std::string type_text(Type type) {
  return (type == Type::kAbsent || type == Type::kUnknown ? "" : "a ") + to_string(type);
}

std::string view_text(const StepNode& node) {
  return node.view == nullptr ? "the root is read-only"
                              : node.view->rule + ", by the view of " + node.view->path;
}

// Decides each action on what the walk found.
class Judge {
 public:
  Judge(const Plan& plan, const AccessFacts& facts, const StepWalk& walk)
      : plan_(plan),
        walk_(walk),
        node_(walk.here()),
        rights_(rights_of_step(plan, facts, walk.here())) {}

  Answer read() const {
    if (node_.fact.type == Type::kSocket) return no(Denial::kKind, "it is a socket");
    if (is_device() && node_.fact.nodev) return nodev();
    return (rights_ & kReadRight) != 0 ? yes() : no(Denial::kMode, rights_text(plan_, node_));
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
      return no(Denial::kMode, rights_text(plan_, node_));
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
    return (rights_ & kWriteRight) != 0 ? yes() : no(Denial::kMode, rights_text(plan_, node_));
  }

  // A file in the directory `node`.
  Answer create_in(const std::string& path, const StepNode& node, unsigned rights) const {
    const Judge there(plan_, walk_, node, path);
    if (node.fact.read_only) return there.read_only();
    if ((rights & (kWriteRight | kSearchRight)) != (kWriteRight | kSearchRight)) {
      return {false, Denial::kMode, rights_text(plan_, node), path};
    }
    return there.copies() ? yes() : there.not_copied();
  }

 private:
  Judge(const Plan& plan, const StepWalk& walk, const StepNode& node, std::string path)
      : plan_(plan), walk_(walk), node_(node), path_(std::move(path)) {}

  static Answer yes() { return {true, Denial::kNone, "", ""}; }
  std::string path() const { return path_.empty() ? walk_.at() : path_; }
  Answer no(Denial denial, const std::string& why) const { return {false, denial, why, path()}; }

  bool is_device() const {
    return node_.fact.type == Type::kCharacter || node_.fact.type == Type::kBlock;
  }
  bool copies() const { return !node_.lower_fixed; }

  Answer change() const {
    if ((rights_ & kWriteRight) == 0) return no(Denial::kMode, rights_text(plan_, node_));
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
      if (node_.view->view == View::kHidden) {
        const char* const what = node_.fact.type == Type::kDirectory ? "the directory" : "it";
        return no(Denial::kHidden, what + (" is hidden, and read-only: " + view_text(node_)));
      }
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
  const StepWalk& walk_;
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
  const bool cow =
      view != nullptr && view->kind == PlannedView::Kind::kView && view->view == View::kCow;
  if (cow && access.container) {
    return no(Denial::kHidden,
              "the step may not read " + view->path + ", and has an empty directory in its place");
  }
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

void judge_absent(const Plan& plan, const AccessFacts& facts, const StepWalk& walk,
                  Access& access) {
  set_all(access, why_absent(plan, access, walk.here(), access.path));
  access.connect.denial = access.execute.denial = access.read.denial;
  if (walk.way_is_absent()) {
    access.create.why = shell_word(parent_of(access.path)) + " does not exist in the step";
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
  StepWalk walk(plan, facts);
  walk.follow(path);
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
