#include "helper/supervisor/lend.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <utility>

#include "common/base/error.h"
#include "common/base/held.h"
#include "common/base/look.h"
#include "common/base/resolve.h"
#include "common/base/say.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/supervisor/attributes.h"
#include "helper/supervisor/link_copies.h"
#include "helper/supervisor/tree_use.h"
#include "helper/supervisor/twice.h"

namespace rind {
namespace {

void change(int fd, const std::string& path, Owner owner) {
  const struct stat st = sys::stat_fd(fd, path);
  if (Owner{st.st_uid, st.st_gid} == owner) return;
  if (::fchown(fd, owner.uid, owner.gid) != 0) throw_errno("change the owner of", path);
}

// Throws Error for what must not be lent as a single file.
void require_single_file(int fd, const LentTree& tree) {
  const struct stat st = sys::stat_fd(fd, tree.path);
  if (!S_ISREG(st.st_mode) || st.st_nlink != 1) {
    throw Error("lend " + tree.path, "it is not a regular file, or it has a second hard link",
                "name a regular file without other hard links");
  }
}

// A descriptor of its own: a lock belongs to the open file description.
Fd reopen(const TreeEntry& entry) {
  return sys::open_held(entry.held, O_RDONLY | O_NONBLOCK, entry.path());
}

SeenEntry seen_by(const std::unique_ptr<GitGuard>& guard) {
  if (!guard) return {};
  return [&](std::string_view name, const PathOf& place) { guard->see(name, place); };
}

// True for what may be a secret of the builder, in a mount inside of the tree.
bool is_closed(const TreeEntry& entry) {
  if (S_ISLNK(entry.mode)) return false;
  if (entry.is_directory()) return (entry.mode & 0005) != 0005;
  return !S_ISREG(entry.mode) || (entry.mode & 0004) == 0;
}

}  // namespace

bool Lending::is_lease(unsigned uid) const {
  return std::count(ids_.begin(), ids_.end(), uid) != 0;
}

bool Lending::is_ours(unsigned uid) const {
  return uid == step_.uid || std::count(taken_over_.begin(), taken_over_.end(), uid) != 0;
}

// Takes over the files that a dead step with `uid` left. Its processes may still be dying: taking
// its lease kills them. If another process holds the lease, it has done that already.
void Lending::take_over(unsigned uid, std::vector<Lease>& held) {
  if (is_ours(uid)) return;
  if (auto lease = Lease::take_id(ids_, uid)) held.push_back(std::move(*lease));
  taken_over_.push_back(uid);
}

Lending::Lending(const Plan& plan, const Twins& twins)
    : step_{plan.uid, plan.gid},
      builder_{plan.builder_uid, plan.builder_gid},
      ids_(plan.identity.ids),
      limits_(plan.limits) {
  for (const auto& tree : plan.lent) {
    try {
      lend(tree, twins);
    } catch (const Error&) {
      try {
        give_back();
      } catch (const Error& e) {
        say(e.what());  // what failed first is the reason, and is thrown
      }
      throw;
    }
  }
}

// In the twin of a tree around it, `tree` is the step's already.
bool Lending::is_in_twin(const LentTree& tree) const {
  return std::any_of(lent_.begin(), lent_.end(), [&](const Lent& lent) {
    return lent.twin && is_within(tree.path, lent.tree.path);
  });
}

void Lending::lend(const LentTree& tree, const Twins& twins) {
  if (is_in_twin(tree)) return;
  Fd top = open_tree(tree);
  // A tree that is mounted at two places is lent once.
  if (!tops_.insert(look_at_entry(top.get()).identity).second) return;
  // The lock comes first. A step that lends a tree around this one looks for it, and a step that
  // lends this one looks for the lock of the other: at least one of them sees the other.
  if (!lock_tree(top.get(), LOCK_EX)) require_unused(open_tree(tree), tree.path, ids_);
  if (tree.directory) {
    mark(top.get());
    require_unused_above(top.get(), tree.path, ids_, tops_);
  }
  auto guard = tree.guarded ? std::make_unique<GitGuard>(tree.path) : nullptr;
  lent_.push_back({tree, std::move(top), std::move(guard), builder_, std::nullopt,
                   [path = tree.path](std::string_view) { return path; }});
  if (!lend_in_twin(lent_.back(), twins)) lend_below(lent_.back());
}

// Returns false where the tree has to be lent file by file.
bool Lending::lend_in_twin(Lent& lent, const Twins& twins) {
  const LentTree& tree = lent.tree;
  std::string obstacle;
  auto twin = twins.of(tree, step_.uid, obstacle);
  if (twin) {
    TreeWalk walk;
    walk.seen = seen_by(lent.guard);
    keep_size(tree, walk);
    look_while_entering(walk);
    obstacle = obstacle_below(lent.top.get(), tree.path, builder_, std::move(walk));
  }
  twins.require(tree, obstacle);
  if (!twin || !obstacle.empty()) return false;
  lent.owner = top_of(lent).owner;
  lent.twin = std::move(twin);
  if (lent.guard) lent.guard->remember(lent.top.get());
  return true;
}

std::vector<PlannedTwin> Lending::twins() const {
  std::vector<PlannedTwin> twins;
  for (const auto& lent : lent_) {
    if (lent.twin) twins.push_back(*lent.twin);
  }
  return twins;
}

std::vector<int> Lending::descriptors(const Lease& lease) const {
  std::vector<int> open = {lease.lock()};
  for (const auto& lent : lent_) open.push_back(lent.top.get());
  return open;
}

void Lending::disarm() {
  for (const auto& lent : lent_) {
    if (lent.twin && lent.guard) change(lent.top.get(), lent.tree.path, step_);
  }
}

// The top of a lent tree, as an entry of the directory that contains it.
TreeEntry Lending::top_of(const Lent& lent) const {
  TreeEntry top = look_at_entry(lent.top.get());
  top.place = &lent.place;
  struct stat above = {};
  const bool known = lent.tree.directory ? sys::try_lstat(lent.top.get(), "..", above)
                                         : sys::try_stat(parent_of(lent.tree.path), above);
  if (known && (above.st_mode & S_ISGID) != 0) top.inherited = above.st_gid;
  return top;
}

// Whose a file is that the builder makes in this place.
Owner Lending::owner_of_new(const TreeEntry& entry) const {
  return {builder_.uid, entry.inherited.value_or(builder_.gid)};
}

// A step can move a file to a directory that passes on another group, so both owners count.
bool Lending::is_unlike_new(const TreeEntry& entry) const {
  return entry.owner != builder_ || owner_of_new(entry) != builder_;
}

Owner Lending::owner_afterwards(const TreeEntry& entry) {
  return owners_.owner_of(entry).value_or(owner_of_new(entry));
}

// The group of new files in `directory`, which belongs to `owner` when no step runs. A directory
// that the step made passes its group on only when it inherited that.
std::optional<unsigned> Lending::inherited(const TreeEntry& directory, Owner owner) const {
  if (!directory.is_directory() || (directory.mode & S_ISGID) == 0) return std::nullopt;
  const bool keeps = directory.inherited || setgid_.count(directory.identity) != 0;
  return keeps ? std::optional<unsigned>(owner.gid) : std::nullopt;
}

// before, now: a file before and after it became the step's.
void Lending::remember(const TreeEntry& before, const TreeEntry& now) {
  if (before.is_directory() && (before.mode & S_ISGID) != 0) setgid_.insert(now.identity);
  if (!is_lease(before.owner.uid) && is_unlike_new(before)) owners_.remember(now, before.owner);
}

TreeWalk Lending::lending_walk(Lent& lent, std::vector<Lease>& held) {
  const LentTree& tree = lent.tree;
  TreeWalk walk;
  walk.decide = [&](const TreeEntry& entry) -> Change {
    if (entry.owner.uid == step_.uid) return {step_, inherited(entry, owner_afterwards(entry))};
    if (is_lease(entry.owner.uid)) {
      if (lent.guard) lent.guard->distrust();
      if (S_ISREG(entry.mode)) require_unused(reopen(entry), entry.path(), ids_);
      take_over(entry.owner.uid, held);
    } else if (tree.is_inner_mount && is_closed(entry)) {
      return {};
    } else if (!tree.made_for_step && entry.owner != builder_) {
      throw Error("lend " + tree.path,
                  entry.path() + " belongs to uid " + std::to_string(entry.owner.uid) + ", gid " +
                      std::to_string(entry.owner.gid) +
                      ", and would belong to the builder if Rind were killed",
                  "change its owner to the builder's uid and gid");
    }
    const bool passes_on = entry.is_directory() && (entry.mode & S_ISGID) != 0;
    const unsigned group = is_lease(entry.owner.uid) ? owner_of_new(entry).gid : entry.owner.gid;
    return {step_, passes_on ? std::optional<unsigned>(group) : std::nullopt};
  };
  walk.changed = [&](const TreeEntry& entry) {
    const bool setgid = entry.is_directory() && (entry.mode & S_ISGID) != 0;
    if (setgid || is_unlike_new(entry)) {
      remember(entry, look_at_entry(entry.held));
    }
  };
  look_while_entering(walk);
  walk.seen = seen_by(lent.guard);
  keep_size(tree, walk);
  return walk;
}

void Lending::keep_size(const LentTree& tree, TreeWalk& walk) const {
  if (!tree.limited) return;
  walk.grown = [&](const TreeSize& size) {
    const std::string excess = excess_of(size, limits_);
    if (excess.empty()) return;
    throw Error("lend " + tree.path, "it has " + excess,
                "build in a smaller tree, or raise that limit in the policy");
  };
}

void Lending::look_while_entering(TreeWalk& walk) const {
  // Before it is changed: the step that has locked it may be lending it now.
  walk.entered = [&](const TreeEntry& entry) {
    if (tops_.contains(entry.identity)) return;
    // A step that lends it has marked it before it looks for us, or has changed its owner.
    if (!is_lease(entry.owner.uid) && has_no_mark(entry.held)) return;
    if (::flock(entry.held, LOCK_SH | LOCK_NB) == 0) {
      (void)::flock(entry.held, LOCK_UN);
    } else {
      require_unused(reopen(entry), entry.path(), ids_);
    }
  };
}

void Lending::lend_below(Lent& lent) {
  const LentTree& tree = lent.tree;
  std::vector<Lease> held;
  TreeWalk walk = lending_walk(lent, held);
  TreeEntry top = top_of(lent);
  // A top that belongs to a dead step is locked by us already.
  if (is_lease(top.owner.uid)) {
    if (lent.guard) lent.guard->distrust();
    take_over(top.owner.uid, held);
    top.owner = owner_of_new(top);
  } else {
    walk.decide(top);
  }
  lent.owner = top.owner;
  if (!tree.directory) require_single_file(lent.top.get(), tree);
  change(lent.top.get(), tree.path, step_);
  remember(top, look_at_entry(lent.top.get()));
  if (!tree.directory) return;
  if ((top.mode & S_ISGID) != 0) walk.inherited = top.owner.gid;
  LinkCopies copies(tree.path, lent.top.get(), step_);
  walk.outside_link = [&](const TreeEntry& entry, uint32_t names) {
    try {
      remember(entry, copies.replace(entry, names));
    } catch (const SysError& e) {
      if (e.code() != ENOENT) throw;  // its directory is gone
    }
  };
  chown_below(lent.top.get(), tree.path, walk);
  if (lent.guard) lent.guard->remember(lent.top.get());
}

// Restores git's files while the step still owns the top: if this process is killed, git refuses a
// tree of another owner. Without CAP_DAC_OVERRIDE the builder must own the tree before anything in
// it can be changed.
void Lending::put_git_back(const Lent& lent) const {
  if (!lent.guard) return;
  try {
    lent.guard->put_back(lent.top.get(), lent.owner);
  } catch (const SysError& e) {
    if (e.code() != EACCES && e.code() != EPERM) throw;
    change(lent.top.get(), lent.tree.path, builder_);
    lent.guard->put_back(lent.top.get(), lent.owner);
  }
}

// Removes what a step can leave besides owner and mode: setgid bits and ACLs.
void Lending::clean(const TreeEntry& entry) {
  if (S_ISLNK(entry.mode)) return;
  if ((entry.mode & S_ISGID) != 0 && !inherited(entry, builder_)) {
    sys::set_mode(entry.held, entry.mode & 07777 & ~static_cast<mode_t>(S_ISGID), entry.path());
  }
  const bool can_have_acls = entry.is_directory() || S_ISREG(entry.mode);
  if (!can_have_acls || without_acls_ == entry.identity.first) return;
  if (on_overlay_ && has_no_acls(entry.held)) return;
  const auto is_one = [&](uint32_t id) { return is_lease(id); };
  if (!remove_acls_of_leases(entry.held, entry.name, entry.is_directory(), is_one)) {
    without_acls_ = entry.identity.first;
  }
}

TreeSize Lending::give_back_below(const Lent& lent, const TreeEntry& top) {
  TreeWalk walk;
  walk.seen = seen_by(lent.guard);
  if (lent.twin) {
    // On disk nothing there can be the step's: all was the builder's when it was lent, what the
    // step makes in a twin is, too, and it has no right to give a file to another uid. So names are
    // all that matters, and where nobody asks for them, nothing does.
    walk.looking = Looking::kNames;
    const bool asked = lent.guard || lent.tree.limited;
    return asked ? chown_all_below(lent.top.get(), lent.tree.path, walk) : TreeSize();
  }
  walk.decide = [&](const TreeEntry& entry) -> Change {
    if (!is_ours(entry.owner.uid)) return {std::nullopt, inherited(entry, entry.owner)};
    clean(entry);
    const Owner owner = owner_afterwards(entry);
    return {owner, inherited(entry, owner)};
  };
  walk.inherited = inherited(top, lent.owner);
  // Hard links lead nowhere: the step could not make any to its files outside of the tree.
  return chown_all_below(lent.top.get(), lent.tree.path, walk);
}

// Gives back the files of the step, and of dead steps. In a tree that was refused half way, the
// other files keep their owner.
void Lending::give_back(const Lent& lent) {
  const LentTree& tree = lent.tree;
  const TreeEntry top = top_of(lent);
  const bool is_lent = is_ours(top.owner.uid) || lent.twin;
  on_overlay_ = is_on_overlay(lent.top.get());
  if (!tree.directory) {
    if (!is_lent) return;
    clean(top);
    require_single_file(lent.top.get(), tree);
    return change(lent.top.get(), tree.path, lent.owner);
  }
  std::string trouble;
  // Until everything is restored, git could run what the step left.
  bool armed = is_lent && lent.guard && lent.guard->has_memory();
  try {
    if (is_lent && !lent.twin) clean(top);
    const TreeSize size = give_back_below(lent, top);
    if (is_lent) put_git_back(lent);
    armed = false;
    const std::string said = lent.guard ? lent.guard->said() : std::string();
    if (!said.empty() && (said_.empty() || said_.back() != said)) said_.push_back(said);
    const std::string excess = tree.limited ? excess_of(size, limits_) : std::string();
    if (!excess.empty()) too_large_ = tree.path + " has " + excess;
  } catch (const Error& e) {
    trouble = e.what();
  }
  if (armed && !trouble.empty()) {
    // The tree stays that of a dead step: git refuses a tree of another owner, and the next step
    // trusts nothing in it.
    change(lent.top.get(), tree.path, step_);
    throw Error("give back " + tree.path, trouble, "remove the tree and build the package again");
  }
  // Always give the top back: the message names what could not be given back.
  if (is_lent) change(lent.top.get(), tree.path, lent.owner);
  if (!trouble.empty())
    throw Error("give back " + tree.path, trouble, "remove the tree and build the package again");
}

std::vector<std::string> Lending::git_places() const {
  std::vector<std::string> places;
  for (const auto& lent : lent_) {
    if (!lent.guard) continue;
    for (auto& place : lent.guard->places_before()) places.push_back(std::move(place));
  }
  return places;
}

void Lending::give_back() {
  std::string trouble;
  for (const auto& lent : lent_) {
    try {
      twice([&] { give_back(lent); });
    } catch (const Error& e) {
      if (trouble.empty()) trouble = e.what();
    }
  }
  lent_.clear();
  if (!trouble.empty()) {
    throw Error("give the step's trees back to the builder", trouble,
                "remove the tree and build the package again");
  }
  if (too_large_.empty()) return;
  throw Error(
      "accept what the step left", std::exchange(too_large_, {}),
      "remove the tree with `rm -rf`: all of it belongs to the builder again; raise that limit in "
      "the policy if the package needs more");
}

Lending::~Lending() {
  try {
    give_back();
  } catch (const Error& e) {
    say(e.what());  // another error is being thrown
  }
}

}  // namespace rind
