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
#include "common/base/resolve.h"
#include "common/base/sys.h"
#include "helper/supervisor/attributes.h"

namespace rind {
namespace {

Fd open_tree(const LentTree& tree) {
  // A step may have replaced a file by a fifo: do not wait for it.
  const int flags = tree.directory ? O_DIRECTORY : O_NONBLOCK;
  return open_canonical(tree.path, O_RDONLY | O_NOFOLLOW | flags);
}

void change(int fd, const std::string& path, Owner owner) {
  if (::fchown(fd, owner.uid, owner.gid) != 0) throw_errno("change the owner of", path);
}

// Changes the owner of a single file, which must not have a second hard link.
void change_file(int fd, const LentTree& tree, Owner owner) {
  const struct stat st = sys::stat_fd(fd, tree.path);
  if (!S_ISREG(st.st_mode) || st.st_nlink != 1) {
    throw Error("lend " + tree.path, "it is not a regular file, or it has a second hard link");
  }
  change(fd, tree.path, owner);
}

Error in_use(const std::string& path) {
  return Error("lend " + path, "another step is using it", "wait until that step has ended");
}

// Returns true when `fd` could be locked. pid 1 of a killed supervisor may hold its descriptors for
// a moment.
bool lock(int fd) {
  constexpr int kTries = 20;
  for (int i = 0; i < kTries; ++i) {
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return true;
    if (errno != EWOULDBLOCK) throw_errno("lock a lent tree");
    ::usleep(5000);
  }
  return false;
}

SeenEntry seen_by(const std::unique_ptr<GitGuard>& guard) {
  if (!guard) return {};
  return [&](const std::string& name, const auto& path) { guard->see(name, path); };
}

// Throws Error for a directory that is lent to a running step.
void require_free(const TreeEntry& entry) {
  const Fd fd = sys::open(entry.directory, entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!lock(fd.get())) throw in_use(entry.path());
}

// What exceeds a limit; "" for nothing.
std::string excess_of(const TreeSize& size, const LimitRules& limits) {
  const auto above = [](uint64_t value, const std::optional<uint64_t>& limit) {
    return limit && value > *limit;
  };
  if (above(size.entries, limits.tree_entries)) {
    return "more than " + std::to_string(*limits.tree_entries) +
           " files and directories (limits.tree_entries)";
  }
  if (above(size.depth, limits.tree_depth)) {
    return "directories nested deeper than " + std::to_string(*limits.tree_depth) +
           " levels (limits.tree_depth)";
  }
  return {};
}

}  // namespace

bool Lending::is_lease(unsigned uid) const {
  return std::find(ids_.begin(), ids_.end(), uid) != ids_.end();
}

bool Lending::is_ours(unsigned uid) const {
  return uid == step_.uid ||
         std::find(taken_over_.begin(), taken_over_.end(), uid) != taken_over_.end();
}

// Takes over the files that a dead step with `uid` left. Its processes may still be dying: taking
// its lease kills them. If another process holds the lease, it has done that already.
void Lending::take_over(unsigned uid, std::vector<Lease>& held) {
  if (is_ours(uid)) return;
  if (auto lease = Lease::take_id(ids_, uid)) held.push_back(std::move(*lease));
  taken_over_.push_back(uid);
}

Lending::Lending(const Plan& plan)
    : step_{plan.uid, plan.gid},
      builder_{plan.builder_uid, plan.builder_gid},
      ids_(plan.identity.ids),
      limits_(plan.limits) {
  for (const auto& tree : plan.lent) {
    try {
      lend(tree);
    } catch (const Error&) {
      try {
        give_back();
      } catch (const Error&) {  // NOLINT(bugprone-empty-catch): what failed first is the reason
      }
      throw;
    }
  }
}

void Lending::lend(const LentTree& tree) {
  Fd top = open_tree(tree);
  if (!lock(top.get())) throw in_use(tree.path);
  const struct stat st = sys::stat_fd(top.get(), tree.path);
  // If a directory above is lent, this tree belongs to that step, too.
  Fd above;
  for (unsigned uid = st.st_uid; is_lease(uid) && tree.directory;) {
    above = sys::open(above ? above.get() : top.get(), "..", O_RDONLY | O_DIRECTORY);
    uid = sys::stat_fd(above.get(), tree.path).st_uid;
    if (is_lease(uid) && !lock(above.get())) throw in_use(tree.path);
  }
  auto guard = tree.guarded ? std::make_unique<GitGuard>(tree.path) : nullptr;
  lent_.push_back({tree, std::move(top), std::move(guard), builder_});
  lend_below(lent_.back());
}

void Lending::lend_below(Lent& lent) {
  const LentTree& tree = lent.tree;
  std::vector<Lease> held;
  const struct stat st = sys::stat_fd(lent.top.get(), tree.path);
  const Owner top_owner = {st.st_uid, st.st_gid};
  bool of_one = tree.returned && !is_lease(top_owner.uid);
  const auto decide = [&](const TreeEntry& entry) {
    if (is_lease(entry.owner.uid)) {
      if (lent.guard) lent.guard->distrust();
      if (entry.is_directory()) require_free(entry);
      take_over(entry.owner.uid, held);
    } else if (!tree.made_for_step && entry.owner != builder_) {
      throw Error("lend " + tree.path,
                  entry.path() + " belongs to uid " + std::to_string(entry.owner.uid) +
                      ", and Rind cannot give it back to that uid",
                  "change its owner to the builder's uid");
    } else if (entry.owner != top_owner && entry.owner != builder_) {
      of_one = false;
    }
    if (entry.is_directory() && (entry.mode & S_ISGID) != 0) setgid_.insert(entry.identity);
    return Change::kYes;
  };
  if (S_ISDIR(st.st_mode) && (st.st_mode & S_ISGID) != 0) setgid_.insert({st.st_dev, st.st_ino});
  // The top itself, as a non-directory: it is locked already.
  decide({{st.st_uid, st.st_gid}, 0, {}, -1, "", [&] { return tree.path; }});
  if (!tree.directory) return change_file(lent.top.get(), tree, step_);
  change(lent.top.get(), tree.path, step_);
  const auto grown = [&](const TreeSize& size) {
    const std::string excess = tree.limited ? excess_of(size, limits_) : std::string();
    if (!excess.empty()) {
      throw Error("lend " + tree.path, "it has " + excess,
                  "build in a smaller tree, or raise that limit in the policy");
    }
  };
  chown_below(lent.top.get(), tree.path, step_, decide,
              {OutsideNames::kRefuse, seen_by(lent.guard), Entering::kLent, grown});
  if (of_one) lent.owner = top_owner;
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

// Returns true for a directory whose setgid bit is not the step's doing: it had the bit before, or
// inherited it.
bool Lending::keeps_setgid(const TreeEntry& entry) {
  if (setgid_.count(entry.identity) != 0) return true;
  const struct stat above = sys::stat_fd(entry.directory, "a lent directory");
  if (!entry.is_directory() || setgid_.count({above.st_dev, above.st_ino}) == 0) return false;
  setgid_.insert(entry.identity);
  return true;
}

// Removes what a step can leave besides owner and mode: setgid bits and ACLs.
void Lending::clean(const TreeEntry& entry) {
  if (S_ISLNK(entry.mode)) return;
  if ((entry.mode & S_ISGID) != 0 && !keeps_setgid(entry)) {
    const mode_t mode = entry.mode & 07777 & ~static_cast<mode_t>(S_ISGID);
    if (::fchmodat(entry.directory, entry.name.c_str(), mode, 0) != 0) {
      throw_errno("clear the setgid bit of", entry.path());
    }
  }
  if (!file_system_has_acls_ || !(entry.is_directory() || S_ISREG(entry.mode))) return;
  const std::string path = "/proc/self/fd/" + std::to_string(entry.directory) + "/" + entry.name;
  file_system_has_acls_ =
      remove_acls_of_leases(path, entry.is_directory(), [&](uint32_t id) { return is_lease(id); });
}

void Lending::clean_top(const Lent& lent) {
  const struct stat st = sys::stat_fd(lent.top.get(), lent.tree.path);
  const bool was_setgid = setgid_.count({st.st_dev, st.st_ino}) != 0;
  if ((st.st_mode & S_ISGID) != 0 && !was_setgid &&
      ::fchmod(lent.top.get(), st.st_mode & 07777 & ~static_cast<mode_t>(S_ISGID)) != 0) {
    throw_errno("clear the setgid bit of", lent.tree.path);
  }
  remove_acls_of_leases("/proc/self/fd/" + std::to_string(lent.top.get()), S_ISDIR(st.st_mode),
                        [&](uint32_t id) { return is_lease(id); });
}

// Gives back the files of the step, and of dead steps. In a tree that was refused half way, the
// other files keep their owner.
void Lending::give_back(const Lent& lent) {
  const LentTree& tree = lent.tree;
  const struct stat st = sys::stat_fd(lent.top.get(), tree.path);
  const bool is_lent = is_ours(st.st_uid);
  if (!tree.directory) {
    if (!is_lent) return;
    clean_top(lent);
    return change_file(lent.top.get(), tree, lent.owner);
  }
  std::string trouble;
  // Until everything is restored, git could run what the step left.
  bool armed = is_lent && lent.guard && lent.guard->has_memory();
  try {
    const auto decide = [&](const TreeEntry& entry) {
      if (!is_ours(entry.owner.uid)) return Change::kLeave;
      clean(entry);
      return Change::kYes;
    };
    file_system_has_acls_ = true;
    if (is_lent) clean_top(lent);
    // The step could not make hard links to its files outside of the tree.
    const TreeSize size = chown_below(lent.top.get(), tree.path, lent.owner, decide,
                                      {OutsideNames::kIgnore, seen_by(lent.guard)});
    if (is_lent) put_git_back(lent);
    armed = false;
    if (lent.guard && !lent.guard->said().empty()) said_.push_back(lent.guard->said());
    const std::string excess = tree.limited ? excess_of(size, limits_) : std::string();
    if (!excess.empty()) too_large_ = tree.path + " has " + excess;
  } catch (const Error& e) {
    trouble = e.what();
  }
  if (armed && !trouble.empty()) {
    // The tree stays that of a dead step: git refuses a tree of another owner, and the next step
    // trusts nothing in it.
    change(lent.top.get(), tree.path, step_);
    throw Error("give back " + tree.path, trouble);
  }
  // Always give the top back: the message names what could not be given back.
  if (is_lent) change(lent.top.get(), tree.path, lent.owner);
  if (!trouble.empty()) throw Error("give back " + tree.path, trouble);
}

void Lending::give_back() {
  std::string trouble;
  for (const auto& lent : lent_) {
    try {
      give_back(lent);
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
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): on the way out with another error
  }
}

}  // namespace rind
