#include "helper/lend.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>

#include "common/error.h"
#include "common/resolve.h"
#include "common/sys.h"
#include "helper/chown_tree.h"
#include "helper/lease.h"

namespace rind {
namespace {

Fd open_tree(const LentTree& tree) {
  // A file may be anything by now, a fifo too: it is not waited for.
  const int flags = tree.directory ? O_DIRECTORY : O_NONBLOCK;
  return open_canonical(tree.path, O_RDONLY | O_NOFOLLOW | flags);
}

void change(int fd, const std::string& path, Owner owner) {
  if (::fchown(fd, owner.uid, owner.gid) != 0) throw_errno("change the owner of", path);
}

// A single file, which must not have a second name.
void change_file(int fd, const LentTree& tree, Owner owner) {
  const struct stat st = sys::stat_fd(fd, tree.path);
  if (!S_ISREG(st.st_mode) || st.st_nlink != 1) {
    throw Error("lend " + tree.path, "it is not a regular file with one name");
  }
  change(fd, tree.path, owner);
}

bool is_lease(const std::vector<unsigned>& ids, unsigned uid) {
  return std::find(ids.begin(), ids.end(), uid) != ids.end();
}

}  // namespace

Lending::Lending(const Plan& plan)
    : step_{plan.uid, plan.gid}, builder_{plan.builder_uid, plan.builder_gid} {
  for (const auto& tree : plan.lent) {
    try {
      lend(tree, plan.identity.ids);
    } catch (const Error&) {
      try {
        give_back();
      } catch (const Error&) {  // NOLINT(bugprone-empty-catch): what failed first is the reason
      }
      throw;
    }
  }
}

void Lending::lend(const LentTree& tree, const std::vector<unsigned>& ids) {
  const Fd top = open_tree(tree);
  const struct stat st = sys::stat_fd(top.get(), tree.path);
  const Owner now = {st.st_uid, st.st_gid};
  if (now.uid != step_.uid && is_lease(ids, now.uid)) {
    // Its step may still be dying. Held until its processes are gone.
    if (!Lease::take_id(ids, now.uid)) {
      throw Error("lend " + tree.path,
                  "another step works in it (uid " + std::to_string(now.uid) + ")",
                  "let it end first");
    }
  }
  const auto may_change = [&](const Owner& owner) {
    return tree.made_for_step || owner == builder_ || owner == step_ || is_lease(ids, owner.uid);
  };
  if (!may_change(now)) {
    throw Error("lend " + tree.path, "it belongs to uid " + std::to_string(now.uid),
                "give it to the builder");
  }
  lent_.push_back(tree);
  if (!tree.directory) return change_file(top.get(), tree, step_);
  change(top.get(), tree.path, step_);
  chown_below(top.get(), tree.path, step_, may_change);
}

void Lending::give_back() {
  std::string trouble;
  const auto attempt = [&](const std::function<void()>& action) {
    try {
      action();
    } catch (const Error& e) {
      if (trouble.empty()) trouble = e.what();
    }
  };
  const auto anybody = [](const Owner&) { return true; };
  for (const auto& tree : lent_) {
    attempt([&] {
      const Fd top = open_tree(tree);
      if (!tree.directory) return change_file(top.get(), tree, builder_);
      // The top is given back in any case: what could not be is in the message.
      attempt([&] { chown_below(top.get(), tree.path, builder_, anybody); });
      change(top.get(), tree.path, builder_);
    });
  }
  lent_.clear();
  if (!trouble.empty()) {
    throw Error("give the step's trees back to the builder", trouble,
                "remove the tree and build the package again");
  }
}

Lending::~Lending() {
  try {
    give_back();
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): on the way out with another error
  }
}

}  // namespace rind
