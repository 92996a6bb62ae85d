// Finds credentials in files of a project and of its repository, and removes them. Pure.
//
// Only what is certainly a credential: a password in a URL, a token by its form, an authorization
// header, the value of a key like _authToken. A user name alone is none (ssh://git@host), nor is a
// reference to a variable (${TOKEN}).
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace rind {

enum class CredentialFile {
  kGitConfig,  // a git configuration
  kGitText,    // other files of a git directory: FETCH_HEAD, logs, the store of credentials
  kSettings,   // a tool's settings in the project: .npmrc, .pypirc, .gitmodules
  kNetrc,
};

// The text without credentials; nothing when it has none. A file of the project keeps its length,
// so that git takes a tracked one for unchanged.
std::optional<std::string> without_credentials(CredentialFile file, const std::string& text);

// Files in the top of a project in which tools keep credentials, and their form.
struct SettingsFile {
  const char* path;
  CredentialFile form;
};
const std::vector<SettingsFile>& settings_files();

}  // namespace rind
