#include "helper/plan/lent_trees.h"

#include <algorithm>

#include "common/base/text.h"
#include "helper/plan/views.h"
#include "helper/plan/ways.h"

namespace rind {
namespace {

// A repository that the step sees, and can read only as its owner; "" for none. It holds the
// sources.
std::string repository_to_lend(const std::vector<PlannedView>& views, const Facts& facts,
                               const Step& step) {
  const std::string top = lent_repository(facts);
  if (top.empty() || top == step.source) return {};
  const PlannedView* view = deciding_view(views, top);
  return view == nullptr || view->view == View::kRo ? top : std::string();
}

// True for a file system without files of users.
bool is_of_the_kernel(const std::string& type) {
  static constexpr const char* kTypes[] = {
      "proc",     "sysfs",  "cgroup",  "cgroup2",    "devpts",     "devtmpfs",  "mqueue",
      "debugfs",  "bpf",    "tracefs", "securityfs", "configfs",   "hugetlbfs", "binfmt_misc",
      "efivarfs", "pstore", "nsfs",    "autofs",     "rpc_pipefs", "fusectl"};
  return std::any_of(std::begin(kTypes), std::end(kTypes),
                     [&](const char* known) { return type == known; });
}

// Why a writable mount inside of the step's trees is not lent; "" when it is.
std::string why_not_lent(const Facts::InnerMount& mount) {
  if (!mount.directory) return "it is a single file that is mounted there";
  if (is_of_the_kernel(mount.type)) return "it is a mount of type " + mount.type;
  if (mount.closed) return "it is a mount that other users may not enter";
  return {};
}

}  // namespace

std::vector<LentTree> lent_trees(const Policy& policy, const Step& step, const Facts& facts,
                                 const std::vector<ExtraView>& extra,
                                 const std::vector<PlannedView>& views) {
  std::vector<LentTree> trees;
  const auto lend = [&](const std::string& path, bool directory, bool made_for_step,
                        bool limited = false) {
    const bool known = path.empty() || std::any_of(trees.begin(), trees.end(), [&](const auto& t) {
                         return is_within(path, t.path);
                       });
    if (known || facts.read_only.contains(path)) return;
    trees.push_back({path, directory, made_for_step, directory, false, limited});
  };
  lend(repository_to_lend(views, facts, step), true, true, true);
  lend(step.source, true, true, true);
  for (const auto& path : step.beside) {
    const PlannedView* view = deciding_view(views, path);
    if (view != nullptr && view->path == path && view->view == View::kRw) {
      lend(path, true, true, true);
    }
  }
  if (step.kind == Step::Kind::kInstall) {
    lend(step.build_environment, true, true, true);
    if (!trees.empty()) trees.back().guarded = false;
  }
  lend(step.log, false, true);
  for (const auto& output : step.outputs) {
    // An input; only the front end may enter the directory above it.
    if (!output.writable) lend(output.path, true, true);
  }
  // Inputs, too: under the builder's umask only it may read them.
  for (const auto& path : step.built_before) lend(path, false, true);
  for (const auto& view : extra) {
    if (view.view == View::kRw) lend(view.path, view.directory, false);
  }
  for (const auto& [key, spec] : policy.views) {
    if (!spec.lend) continue;
    const auto found = facts.paths.find(key);
    if (found == facts.paths.end()) continue;
    for (const auto& fact : found->second) {
      if (fact.by_link || is_hidden_away(policy, facts, fact.canonical)) continue;
      lend(fact.canonical, fact.type == PathFact::Type::kDirectory, false);
    }
  }
  return trees;
}

void lend_inner_mounts(Plan& plan, std::vector<LentTree>& trees, const Facts& facts) {
  for (const auto& mount : facts.inner_mounts) {
    const PlannedView* view = deciding_view(plan, mount.path);
    const bool shown =
        view != nullptr && view->kind == PlannedView::Kind::kView && view->view == View::kRw;
    const auto same = [&](const LentTree& tree) { return tree.path == mount.path; };
    if (!shown || mount.read_only || std::any_of(trees.begin(), trees.end(), same)) continue;
    const std::string why = why_not_lent(mount);
    if (!why.empty()) {
      plan.absent.push_back("write access to " + mount.path + ": " + why);
      continue;
    }
    LentTree tree = {mount.path};
    tree.is_inner_mount = true;
    trees.push_back(std::move(tree));
  }
}

}  // namespace rind
