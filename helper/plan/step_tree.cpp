#include "helper/plan/step_tree.h"

#include <algorithm>

#include "common/base/text.h"

namespace rind {
namespace {

using Type = NodeFact::Type;
using MountPoint = PlannedView::MountPoint;

// Something that Rind makes for the step.
StepNode made(Type type, unsigned mode, const PlannedView* view) {
  StepNode node;
  node.fact.type = type;
  node.fact.mode = mode;
  node.view = view;
  node.own = true;
  node.fact.nodev = true;
  return node;
}

StepNode made_read_only(Type type, unsigned mode, const PlannedView* view) {
  StepNode node = made(type, mode, view);
  node.fact.read_only = node.fact.noexec = true;
  return node;
}

StepNode absent(const PlannedView* view) { return made(Type::kAbsent, 0, view); }

// An entry of the way in an empty view; `below`: relative to the view.
StepNode entry_of_skeleton(const PlannedView& view, const std::vector<MountPoint>& skeleton,
                           const std::string& below, unsigned mode) {
  for (const auto& point : skeleton) {
    if (point.path == below) {
      StepNode node = made(Type::kDirectory, mode, &view);
      if (point.type == MountPoint::kLink) {
        node.fact.type = Type::kLink;
        node.fact.target = point.target;
      } else if (point.type == MountPoint::kFile) {
        node.fact.type = Type::kFile;
        node.fact.mode = point.target.empty() ? 0444 : 0644;
      }
      return node;
    }
  }
  const bool on_a_way = std::any_of(skeleton.begin(), skeleton.end(), [&](const MountPoint& point) {
    return point.path.starts_with(below + "/");
  });
  return on_a_way ? made(Type::kDirectory, mode, &view) : absent(&view);
}

// The mode that make_readable gives a closed file of the build environment
// (helper/supervisor/readable.h).
unsigned opened_mode(const NodeFact& fact) {
  if (fact.type == Type::kDirectory) return fact.mode | 0505U;
  if (fact.type != Type::kFile) return fact.mode;
  const bool is_program = (fact.mode & 0111U) != 0 && (fact.mode & 06000U) == 0;
  return fact.mode | 0404U | (is_program ? 0101U : 0U);
}

bool is_lent(const Plan& plan, const AccessFacts& facts, const std::string& path,
             const NodeFact& fact) {
  const LentTree* innermost = nullptr;
  for (const auto& tree : plan.lent) {
    const bool holds = is_within(path, tree.path) &&
                       (innermost == nullptr || is_within(tree.path, innermost->path));
    if (holds) innermost = &tree;
  }
  if (innermost == nullptr) return false;
  // Lending stops at mounts that the plan does not list.
  if (innermost->path != path && facts.look(innermost->path).mount != fact.mount) return false;
  if (!innermost->is_inner_mount || fact.type == Type::kLink) return true;
  // What other users may not read in such a mount stays the builder's.
  if (fact.type == Type::kDirectory) return (fact.mode & 05U) == 05U;
  return fact.type == Type::kFile && (fact.mode & 04U) != 0;
}

// The owner of a compiled module's directory is the step (helper/supervisor/pycaches.h).
bool is_pycache(const Plan& plan, const std::string& path) {
  return base_name(path) == "__pycache__" && is_within_any(path, plan.package_directories);
}

void set_owner(const Plan& plan, const AccessFacts& facts, const std::string& path,
               StepNode& node) {
  const auto holds = [&](const std::string& tree) { return is_within(path, tree); };
  if (keeps_builders_ids(plan)) {
    node.own = node.fact.uid == plan.uid;
    // The supervisor opens such directories to look for git (helper/supervisor/chown_tree.h).
    const bool guarded = std::any_of(plan.guarded.begin(), plan.guarded.end(), holds);
    if (guarded && node.own && node.fact.type == Type::kDirectory && !node.mount_read_only) {
      node.fact.mode |= 0700U;
      for (auto& entry : node.fact.acl) {
        if (entry.tag == AclEntry::Tag::kOwner) entry.rights = 7;
      }
    }
    return;
  }
  node.own = is_lent(plan, facts, path, node.fact) || is_pycache(plan, path);
  const bool opened = std::any_of(plan.readable.begin(), plan.readable.end(), holds);
  if (opened && !node.own && node.fact.uid == plan.builder_uid) {
    node.fact.mode = opened_mode(node.fact);
    // chmod(2) sets these entries of an ACL, too.
    for (auto& entry : node.fact.acl) {
      if (entry.tag == AclEntry::Tag::kOther) entry.rights = node.fact.mode & 7U;
      if (entry.tag == AclEntry::Tag::kMask) entry.rights = node.fact.mode >> 3 & 7U;
    }
  }
}

// A file of the container in the read-only root, or in a view that shows it.
StepNode shown(const Plan& plan, const AccessFacts& facts, const std::string& path,
               const PlannedView* view) {
  StepNode node;
  node.fact = facts.look(path);
  node.view = view;
  for (const auto& covered : plan.originals) {
    if (covered.path != path || node.fact.type != Type::kFile) continue;
    const NodeFact original = facts.look(covered.original);
    if (original.type == Type::kFile) node.fact = original;
    node.fact.read_only = true;
  }
  if (node.fact.type == Type::kAbsent || node.fact.type == Type::kUnknown) return node;
  node.mount_read_only = node.fact.read_only;
  node.mount_noexec = node.fact.noexec;
  const View shows = view == nullptr ? View::kRo : view->view;
  // A cow view is a mount of its own: what it shows is read-only only below.
  node.fact.read_only = shows == View::kRo || (shows == View::kRw && node.mount_read_only);
  if (shows == View::kCow) node.mount_read_only = node.mount_noexec = node.fact.noexec = false;
  if (view != nullptr) {
    node.fact.noexec = node.fact.noexec || view->noexec;
    node.fact.nodev = true;
  }
  set_owner(plan, facts, path, node);
  return node;
}

// True for files that tools open for writing at each start: they are made again for the step
// (helper/pid1/cow.cpp).
bool is_mark(const NodeFact& fact, const std::string& name) {
  constexpr uint64_t kLargest = 1024;
  return fact.type == Type::kFile && fact.size <= kLargest &&
         (name[0] == '.' || name.ends_with("lock") || name == "CACHEDIR.TAG");
}

// A file of the container as the supervisor prepares it for the step: lent, or opened to others.
StepNode prepared(const Plan& plan, const AccessFacts& facts, const std::string& path) {
  StepNode node;
  node.fact = facts.look(path);
  const bool known = node.fact.type != Type::kAbsent && node.fact.type != Type::kUnknown;
  node.mount_read_only = node.fact.read_only;
  if (known) set_owner(plan, facts, path, node);
  return node;
}

// True when the step's processes may read the file, and search it if it is a directory.
bool is_open(const Plan& plan, const AccessFacts& facts, const StepNode& node) {
  const unsigned needed =
      node.fact.type == Type::kDirectory ? kReadRight | kSearchRight : kReadRight;
  return (rights_of_step(plan, facts, node) & needed) == needed;
}

// The upper layer gets the directories of the lower one that the step may read and search.
bool is_made_again(const Plan& plan, const AccessFacts& facts, const std::string& top,
                   const std::string& directory) {
  if (directory == top) return true;
  const StepNode node = prepared(plan, facts, directory);
  return node.fact.type == Type::kDirectory && is_open(plan, facts, node) &&
         is_made_again(plan, facts, top, parent_of(directory));
}

bool is_builders_own(const Plan& plan, const AccessFacts& facts, const PlannedView& view) {
  return prepared(plan, facts, view.path).own;
}

// To change a file, the kernel copies it and all directories above it. It copies what belongs to
// ids of the step's namespace.
bool can_be_copied(const Plan& plan, const AccessFacts& facts, const std::string& path,
                   const PlannedView& view) {
  if (path == view.path) return true;
  if (!is_builders_own(plan, facts, view) && is_made_again(plan, facts, view.path, path)) {
    return true;
  }
  return is_mapped(plan, prepared(plan, facts, path)) &&
         can_be_copied(plan, facts, parent_of(path), view);
}

// Below the top of a cow view: an overlay of which the step owns the upper layer.
StepNode copied(const Plan& plan, const AccessFacts& facts, const std::string& path,
                const PlannedView& view) {
  StepNode node = shown(plan, facts, path, &view);
  if (node.fact.type == Type::kAbsent || node.fact.type == Type::kUnknown) return node;
  if (path == view.path) {
    node.own = true;
    node.fact.mode = view.mode;
    node.fact.acl.clear();
    return node;
  }
  const StepNode below = node;
  const NodeFact& lower = below.fact;
  node.lower = true;
  // The kernel opens the file below with the rights of pid 1, which mounted the overlay.
  node.lower_readable = is_open(plan, facts, below) || is_mapped(plan, below);
  // Fifos are opened as they are.
  const bool copies = lower.type == Type::kFile || lower.type == Type::kDirectory;
  node.lower_fixed = copies && !can_be_copied(plan, facts, path, view);
  if (is_builders_own(plan, facts, view)) return node;
  const bool directory = lower.type == Type::kDirectory;
  const bool again = directory ? is_made_again(plan, facts, view.path, path)
                               : is_mark(lower, base_name(path)) && is_open(plan, facts, below) &&
                                     is_made_again(plan, facts, view.path, parent_of(path));
  if (!again) return node;
  node.lower = node.lower_fixed = false;
  node.own = true;
  node.fact.acl.clear();
  node.fact.mode = directory ? (lower.mode & 01777U) | 0700U : (lower.mode & 0777U) | 0600U;
  return node;
}

StepNode entry_of_devices(const Plan& plan, const AccessFacts& facts, const PlannedView& view,
                          const std::string& name) {
  std::vector<MountPoint> entries = view.skeleton;
  for (const auto& [link, target] : plan.devices.links) {
    entries.push_back({link, MountPoint::kLink, target});
  }
  for (const char* directory : {"pts", "mqueue"}) {
    entries.push_back({directory, MountPoint::kDirectory, ""});
  }
  entries.push_back({"fd", MountPoint::kLink, "/proc/self/fd"});
  entries.push_back({"stdin", MountPoint::kLink, "/proc/self/fd/0"});
  entries.push_back({"stdout", MountPoint::kLink, "/proc/self/fd/1"});
  entries.push_back({"stderr", MountPoint::kLink, "/proc/self/fd/2"});
  entries.push_back({"ptmx", MountPoint::kLink, "pts/ptmx"});
  for (const auto& device : plan.devices.given) {
    if (device != name) {
      entries.push_back({device, MountPoint::kFile, ""});
      continue;
    }
    StepNode node;
    node.fact = facts.look(view.path + "/" + name);
    node.view = &view;
    node.own = keeps_builders_ids(plan) && node.fact.uid == plan.uid;
    node.fact.noexec = true;
    return node;
  }
  StepNode node = entry_of_skeleton(view, entries, name, 0755);
  if (name == "mqueue") node.fact.mode = 01777;
  if (name == "pts/ptmx" && plan.terminals != Want::kNone) {
    node = made(Type::kCharacter, 0666, &view);
    node.fact.nodev = false;
  }
  node.fact.read_only = name != "mqueue";
  node.fact.noexec = true;
  return node;
}

StepNode entry_of_proc(const Plan& plan, const AccessFacts& facts, const PlannedView& view,
                       const std::string& path) {
  const std::string first = path.substr(
      view.path.size() + 1, path.find('/', view.path.size() + 1) - view.path.size() - 1);
  const bool self = first == "self" || first == "thread-self";
  if (self || std::all_of(first.begin(), first.end(), is_digit)) {
    StepNode node = self ? made_read_only(Type::kDirectory, 0555, &view) : absent(&view);
    node.of_process = true;
    return node;
  }
  for (const auto& masked : plan.masked_proc) {
    if (!is_within(path, masked)) continue;
    const NodeFact fact = facts.look(masked);
    StepNode node = fact.type == Type::kAbsent || path != masked ? absent(&view)
                    : fact.type == Type::kDirectory ? made_read_only(Type::kDirectory, 0555, &view)
                                                    : made_read_only(Type::kFile, 0444, &view);
    node.masked = true;
    return node;
  }
  StepNode node;
  node.fact = facts.look(path);
  node.view = &view;
  node.own = keeps_builders_ids(plan) && node.fact.uid == plan.uid;
  node.fact.read_only = node.fact.noexec = true;
  return node;
}

// The top of a view.
StepNode top_of(const Plan& plan, const AccessFacts& facts, const PlannedView& view) {
  const Type type = view.directory ? Type::kDirectory : Type::kFile;
  switch (view.kind) {
    case PlannedView::Kind::kDevices:
      return made_read_only(Type::kDirectory, 0755, &view);
    case PlannedView::Kind::kProc:
      return made_read_only(Type::kDirectory, 0555, &view);
    case PlannedView::Kind::kFile:
      return made_read_only(Type::kFile, 0444, &view);
    case PlannedView::Kind::kView:
      break;
  }
  if (view.view == View::kHidden) {
    return made_read_only(type, view.directory ? 0555 : 0444, &view);
  }
  if (view.view == View::kPrivate) {
    StepNode node = made(Type::kDirectory, view.mode, &view);
    node.fact.noexec = view.noexec;
    return node;
  }
  if (view.view == View::kCow) return copied(plan, facts, view.path, view);
  return shown(plan, facts, view.path, &view);
}

// The step has an empty directory instead of a cow view that the kernel denies: the step may not
// read the top.
bool falls_back(const Plan& plan, const AccessFacts& facts, const PlannedView& view) {
  if (view.kind != PlannedView::Kind::kView || view.view != View::kCow) return false;
  // pid 1 has capabilities over what is mapped.
  const StepNode node = prepared(plan, facts, view.path);
  if (is_mapped(plan, node)) return false;
  return node.own && keeps_builders_ids(plan)
             ? (rights_of_step(plan, facts, node) & kReadRight) == 0
             : !is_open(plan, facts, node);
}

}  // namespace

StepNode node_in_step(const Plan& plan, const AccessFacts& facts, const std::string& path) {
  const PlannedView* view = deciding_view(plan, path);
  if (view == nullptr) return shown(plan, facts, path, nullptr);
  const bool empty = falls_back(plan, facts, *view);
  if (view->path == path) return top_of(plan, facts, *view);
  const std::string below = path.substr(view->path.size() + 1);
  if (empty) return entry_of_skeleton(*view, view->skeleton, below, 0755);
  switch (view->kind) {
    case PlannedView::Kind::kDevices:
      return entry_of_devices(plan, facts, *view, below);
    case PlannedView::Kind::kProc:
      return entry_of_proc(plan, facts, *view, path);
    case PlannedView::Kind::kFile:
      return absent(view);
    case PlannedView::Kind::kView:
      break;
  }
  if (view->view == View::kHidden) {
    StepNode node = entry_of_skeleton(*view, view->skeleton, below, 0555);
    node.fact.read_only = node.fact.noexec = true;
    return node;
  }
  if (view->view == View::kPrivate) {
    StepNode node = entry_of_skeleton(*view, view->skeleton, below, 0755);
    node.fact.noexec = view->noexec;
    return node;
  }
  if (view->view == View::kCow) return copied(plan, facts, path, *view);
  return shown(plan, facts, path, view);
}

}  // namespace rind
