#include "hook/stages/scripts.h"

#include "common/base/error.h"
#include "hook/decide/decide.h"

namespace rind::hook {

std::vector<FoundSeam> scripts_of(const Container* container, const Root& rootfs,
                                  const SeamRules& rules, const Config& config,
                                  const std::string& reason, Log& log) {
  const auto patterns = search_patterns(rules, config.environment, launched_command(config));
  if (!reason.empty()) return find_scripts(rootfs, rules, patterns);
  try {
    return find_scripts(rootfs, rules, patterns, SearchTime::kUntilFirstFound);
  } catch (const SearchIncomplete& e) {
    if (container != nullptr) container->require_alive();
    log.warning(std::string("the container starts without isolation, but may have a seam: ") +
                e.what() + "; if it is a builder, set the annotation io.rind.builder=true");
    return {};
  }
}

}  // namespace rind::hook
