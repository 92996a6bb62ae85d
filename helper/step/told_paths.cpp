#include "helper/step/told_paths.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "common/base/glob.h"

namespace rind {
namespace {

constexpr size_t kMostPaths = 2048;
constexpr const char* kSeparators = " \t\n:;,='\"";

// "-I/x" -> "/x". An option is a dash and letters; anything else before the slash is a relative
// path.
std::string without_option(const std::string& word) {
  if (word.empty() || word[0] == '/') return word;
  if (word[0] != '-') return {};
  const size_t slash = word.find('/');
  if (slash == std::string::npos) return {};
  const bool letters = std::all_of(
      word.begin() + 1, word.begin() + static_cast<std::ptrdiff_t>(slash),
      [](char c) { return c == '-' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
  return letters ? word.substr(slash) : std::string();
}

bool matches_any(const std::vector<std::string>& patterns, const std::string& text) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const auto& pattern) { return glob_match(pattern, text, true); });
}

}  // namespace

std::vector<std::string> paths_in(const std::string& text) {
  std::vector<std::string> paths;
  const auto add = [&](std::string path) {
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    const bool known = std::find(paths.begin(), paths.end(), path) != paths.end();
    if (path.size() > 1 && path[0] == '/' && !known) paths.push_back(std::move(path));
  };
  // A path may have spaces in it.
  if (!text.empty() && text[0] == '/' && text.find_first_of(kSeparators) != std::string::npos) {
    add(text);
  }
  for (size_t start = 0; start <= text.size() && paths.size() < kMostPaths;) {
    const size_t end = std::min(text.find_first_of(kSeparators, start), text.size());
    std::string word = without_option(text.substr(start, end - start));
    // The host of a URL follows two slashes; file:///x has no host.
    const bool of_url = word.starts_with("//") && start > 0 && text[start - 1] == ':';
    if (of_url && word.starts_with("///")) word = word.substr(2);
    if (!of_url || word[1] != '/') add(std::move(word));
    start = end + 1;
  }
  return paths;
}

bool is_of_the_caller(const std::string& variable) {
  static const std::set<std::string> kNames = {
      "PWD", "OLDPWD",  "HOME", "TMPDIR",          "TMP",        "TEMP",       "SHELL", "MAIL",
      "_",   "LOGNAME", "USER", "XDG_RUNTIME_DIR", "XAUTHORITY", "VIRTUAL_ENV"};
  // The values of the last two are a package's.
  static constexpr const char* kPrefixes[] = {
      "HIST", "XDG_CONFIG_", "XDG_DATA_",         "XDG_STATE_",
      "SSH_", "LS_COLORS",   "_PYPROJECT_HOOKS_", "PEP517_"};
  return kNames.count(variable) != 0 ||
         std::any_of(std::begin(kPrefixes), std::end(kPrefixes),
                     [&](const char* prefix) { return variable.starts_with(prefix); });
}

bool is_written_by_name(const std::string& variable) {
  static const std::vector<std::string> kPatterns = {
      "*CACHE",       "*CACHEDIR*",  "*CACHE_DIR*", "*CACHE_HOME", "*CACHE_PATH", "*CACHE_FOLDER",
      "*CACHE_ROOT",  "*TMPDIR*",    "*TEMPDIR*",   "*TMP_DIR*",   "*TEMP_DIR*",  "*_TMP",
      "*_TEMP",       "*TARGET_DIR", "*BUILD_DIR",  "*OUT_DIR",    "*OUTDIR",     "*OUTPUT_DIR*",
      "*WORK_DIR",    "*WORKDIR",    "*SCRATCH*",   "*LOG_DIR",    "*LOGDIR",     "*STATE_DIR",
      "*INSTALL_DIR", "*DUMP_DIR"};
  return matches_any(kPatterns, variable);
}

bool is_output_by_name(const std::string& variable) {
  static const std::vector<std::string> kPatterns = {"*OUTPUT*",    "*OUT_DIR*",   "*OUTDIR*",
                                                     "*DESTDIR",    "*DEST_DIR*",  "*DIST_DIR*",
                                                     "*WHEEL*DIR*", "*SDIST*DIR*", "*RESULT*"};
  return matches_any(kPatterns, variable);
}

bool is_credentials_name(const std::string& name) {
  static const std::vector<std::string> kPatterns = {
      ".ssh",         ".aws",        ".azure",       ".config",         ".docker",
      ".gnupg",       ".kube",       ".oci",         ".gcloud",         ".netrc*",
      "_netrc",       ".pypirc",     ".npmrc",       ".yarnrc*",        ".git-credentials*",
      ".gitconfig",   ".pgpass",     ".my.cnf",      ".password-store", ".pki",
      ".putty",       ".subversion", ".terraform.d", ".vault-token",    ".env",
      ".env.*",       ".s3cfg",      ".boto",        ".databrickscfg",  ".kaggle",
      "*credential*", "*secret*",    "id_rsa*",      "id_ed25519*",     "id_ecdsa*",
      "*.pem",        "*.key",       "*.p12",        "*.pfx",           "*.keytab",
      "*.jks",        "*.kdbx",      "keyrings",     ".htpasswd",       "*token",
      "*tokens",      "auth.json",   ".condarc",     "pip.conf",        "uv.toml"};
  return matches_any(kPatterns, name);
}

const std::vector<std::string>& credentials_in_prefixes() {
  static const std::vector<std::string> kPaths = {"credentials",
                                                  "credentials.toml",
                                                  "credentials.json",
                                                  ".credentials",
                                                  ".npmrc",
                                                  "etc/npmrc",
                                                  ".pypirc",
                                                  ".netrc",
                                                  "_netrc",
                                                  ".git-credentials",
                                                  ".gitconfig",
                                                  ".ssh",
                                                  ".aws",
                                                  ".config",
                                                  ".docker",
                                                  ".gnupg",
                                                  ".kube",
                                                  ".env",
                                                  "token",
                                                  "stored_tokens",
                                                  "settings.xml",
                                                  "gradle.properties",
                                                  "pip.conf",
                                                  "etc/pip.conf",
                                                  "uv.toml",
                                                  ".condarc",
                                                  ".yarnrc",
                                                  ".yarnrc.yml",
                                                  "auth.json",
                                                  ".vault-token",
                                                  "settings-security.xml",
                                                  ".conan.db",
                                                  "keyrings"};
  return kPaths;
}

}  // namespace rind
