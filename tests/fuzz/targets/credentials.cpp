// Any text: files of settings keep their length, and what was removed stays away.
#include "helper/plan/credential.h"
#include "helper/plan/file_credentials.h"
#include "helper/plan/settings_copy.h"
#include "tests/fuzz/property.h"

namespace rind::fuzz {

void fuzz_credentials(std::string_view input) {
  const std::string text(input);
  for (const auto form : {CredentialFile::kGitConfig, CredentialFile::kGitText,
                          CredentialFile::kSettings, CredentialFile::kNetrc}) {
    const auto clean = without_credentials(form, text);
    if (!clean) continue;
    require(*clean != text, "only what changes is written");
    const bool masked = form == CredentialFile::kSettings || form == CredentialFile::kNetrc;
    require(!masked || clean->size() == text.size(), "a masked file keeps its length");
  }
  const CutValue cut = cut_credentials(text);
  if (cut.left == CutValue::Left::kAll) {
    require(cut.value == text && cut.found.empty(), "a value without credentials stays");
  } else {
    require(!cut.found.empty() && cut.value.size() < text.size(),
            "something was cut, and has a name");
  }
  is_plain_address(text);
  EnvironmentRules rules;
  rules.remove = {"*TOKEN*"};
  for (const char* path : {"/h/.gitconfig", "/h/.config/go/env", "/h/.bazelrc"}) {
    settings_copy(rules, path, text);
  }
}

}  // namespace rind::fuzz
