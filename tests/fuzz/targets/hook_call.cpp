// The words of the hook file's call. Lines: the words.
#include "hook/stages/hook_call.h"

#include "helper/step/argv.h"
#include "tests/fuzz/property.h"

namespace rind::fuzz {

void fuzz_hook_call(std::string_view input) {
  std::vector<std::string> words = lines_of(input);
  for (auto& word : words) word.resize(std::min(word.find('\0'), word.size()));
  words.insert(words.begin(), "hook");
  const auto paths = hook::parse_hook_call(argv_of(words).data());
  if (!paths) return;
  std::vector<std::string> again = hook::hook_call(*paths);
  again.erase(again.begin());
  const auto second = hook::parse_hook_call(argv_of(again).data());
  require(second && second->helper == paths->helper &&
              second->policy.defaults == paths->policy.defaults &&
              second->policy.directory == paths->policy.directory &&
              second->policy.directory_is_named == paths->policy.directory_is_named,
          "a written call is the call");
}

}  // namespace rind::fuzz
