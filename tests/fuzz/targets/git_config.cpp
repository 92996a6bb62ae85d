// git's configuration: what is written again is the same for git, and has no credential.
#include "common/base/git_config.h"

#include "helper/plan/file_credentials.h"
#include "tests/fuzz/property.h"

namespace rind::fuzz {

void fuzz_git_config(std::string_view input) {
  const std::string text(input);
  if (const auto entries = parse_git_config(text)) {
    const auto again = parse_git_config(format_git_config(*entries));
    require(again && *again == *entries, "a written configuration is the configuration");
  }
  const auto clean = without_credentials(CredentialFile::kGitConfig, text);
  require(!clean || *clean != text, "only what changes is written");
}

}  // namespace rind::fuzz
