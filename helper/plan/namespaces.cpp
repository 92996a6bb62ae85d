#include "helper/plan/namespaces.h"

#include <sched.h>

namespace rind {

std::vector<NamespaceKind> namespaces_of_step(Network network) {
  std::vector<NamespaceKind> kinds = {{"user", "user", CLONE_NEWUSER},
                                      {"mount", "mnt", CLONE_NEWNS},
                                      {"pid", "pid", CLONE_NEWPID},
                                      {"ipc", "ipc", CLONE_NEWIPC},
                                      {"uts", "uts", CLONE_NEWUTS}};
  if (network == Network::kNone) kinds.push_back({"net", "net", CLONE_NEWNET});
  return kinds;
}

std::vector<std::string> names_of(const std::vector<NamespaceKind>& namespaces) {
  std::vector<std::string> names;
  for (const auto& kind : namespaces) names.emplace_back(kind.name);
  return names;
}

}  // namespace rind
