// A call of unshare by a front end. Lines: the arguments.
#include <algorithm>

#include "helper/step/call.h"
#include "hook/decide/host_policy.h"
#include "tests/fuzz/property.h"

namespace rind::fuzz {

void fuzz_unshare(std::string_view input) {
  static const SeamRules rules = hook::embedded_policy().policy.seams;
  const std::vector<std::string> words = lines_of(input);
  const auto command = unshare_command(rules, words);
  if (!command) return;
  require(!command->empty() && command->size() < words.size(),
          "a command is what follows the options");
  require(std::equal(command->rbegin(), command->rend(), words.rbegin()),
          "a command is the call's end");
}

}  // namespace rind::fuzz
