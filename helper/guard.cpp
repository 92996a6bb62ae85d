#include "helper/guard.h"

#include <sys/stat.h>

#include "common/error.h"

namespace rind {

void require_no_shadow(const CallFacts& facts, const std::vector<std::string>& tools) {
  if (facts.virtual_env.empty() || facts.front_ends_env) return;
  for (const auto& tool : tools) {
    const std::string path = facts.virtual_env + "/bin/" + tool;
    struct stat st = {};
    if (::lstat(path.c_str(), &st) != 0) continue;  // not there, or not for us to be found
    throw Error("trust the build environment",
                path + " would be run by the front end as its own " + tool,
                "find the build dependency that ships it; if it is meant to be there, take \"" +
                    tool + "\" out of guard.tools for this package (packages in the policy)");
  }
}

}  // namespace rind
