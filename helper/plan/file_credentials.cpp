#include "helper/plan/file_credentials.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "common/base/git_config.h"
#include "helper/plan/url_secrets.h"

namespace rind {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// The forms of tokens that forges give out; they are used in place of a user's name.
bool is_token_of_forge(std::string_view user) {
  constexpr std::string_view kForms[] = {"ghp_",        "gho_",   "ghu_",  "ghs_",   "ghr_",
                                         "github_pat_", "glpat-", "gldt-", "glcbt-", "glptt-",
                                         "glrt-",       "pypi-",  "npm_",  "hf_"};
  return std::any_of(std::begin(kForms), std::end(kForms), [&](std::string_view form) {
    return user.starts_with(form) && user.size() >= form.size() + 8;
  });
}

// A reference, as tools expand it, is no secret: $TOKEN, ${TOKEN}, %(token)s, {{ token }}, <token>.
bool is_reference(std::string_view value) {
  return value.empty() || value[0] == '$' || value[0] == '<' || value.starts_with("%(") ||
         value.starts_with("{{");
}

// How a credential goes: out of the text, or each of its characters replaced.
enum class Removal { kCut, kMask };

// Removes user and password of each URL with a password or a token, and tokens in parameters.
std::string clean_urls(std::string text, Removal removal) {
  const std::vector<UrlSecrets> urls = secrets_of_urls(text);
  const auto text_of = [&](const UrlPart& part) {
    return std::string_view(text).substr(part.begin, part.end - part.begin);
  };
  std::vector<UrlPart> parts;
  for (const auto& url : urls) {
    for (const auto& part : url.parameters) {
      if (!is_reference(text_of(part))) parts.push_back(part);
    }
    const bool password = url.password && !is_reference(text_of(*url.password));
    if (!url.user || (!password && !is_token_of_forge(text_of(*url.user)))) continue;
    if (removal == Removal::kCut) {
      parts.push_back({url.user->begin, url.user->end + 1});
    } else {
      parts.push_back(password ? *url.password : *url.user);
    }
  }
  if (removal == Removal::kMask) {
    for (const auto& part : parts)
      text.replace(part.begin, part.end - part.begin, part.end - part.begin, 'x');
    return text;
  }
  std::sort(parts.begin(), parts.end(),
            [](const UrlPart& a, const UrlPart& b) { return a.begin < b.begin; });
  std::string left;
  size_t at = 0;
  for (const auto& part : parts) {
    if (part.begin > at) left.append(text, at, part.begin - at);
    at = std::max(at, part.end);
  }
  return left.append(text, at);
}

bool is_secret_name(std::string_view name) {
  constexpr std::string_view kNames[] = {
      "token",       "authtoken",     "auth-token",    "auth_token",    "oauthtoken",
      "oauth-token", "access_token",  "accesstoken",   "npmauthtoken",  "npmauthident",
      "auth",        "identitytoken", "registrytoken", "password",      "passwd",
      "passphrase",  "smtppass",      "secret",        "client_secret", "api_key",
      "api-key",     "apikey",        "secret_key",    "secret-key",    "private_token"};
  while (!name.empty() && (name[0] == '_' || name[0] == '-')) name.remove_prefix(1);
  return std::find(std::begin(kNames), std::end(kNames), lower(name)) != std::end(kNames);
}

bool is_secret_header(const std::string& value) {
  const std::string name = lower(value.substr(0, std::min(value.find(':'), value.size())));
  for (const char* word : {"authorization", "cookie", "token", "api-key", "apikey", "secret"}) {
    if (name.find(word) != std::string::npos) return true;
  }
  return false;
}

// A helper that is written out: !f() { echo password=...; }; f
bool has_password(const std::string& command) {
  constexpr std::string_view kWord = "password=";
  const size_t at = command.find(kWord);
  return at != std::string::npos &&
         !is_reference(std::string_view(command).substr(at + kWord.size()));
}

bool is_secret(const GitEntry& entry) {
  const std::string value = entry.value.value_or("");
  if (value.empty()) return false;
  if (entry.name == "extraheader") return is_secret_header(value);
  if (entry.name == "helper") return has_password(value);
  return is_secret_name(entry.name) && value[0] != '!' && !is_reference(value);
}

std::string clean_git_config(const std::string& text) {
  auto entries = parse_git_config(text);
  std::string cleaned = clean_urls(text, Removal::kCut);
  // git reads nothing of such a file.
  if (!entries) return cleaned;
  const bool has_secret = std::any_of(entries->begin(), entries->end(), is_secret);
  if (!has_secret && cleaned == text) return text;
  std::erase_if(*entries, is_secret);
  for (auto& entry : *entries) {
    if (entry.value) entry.value = clean_urls(*entry.value, Removal::kCut);
    if (entry.subsection) entry.subsection = clean_urls(*entry.subsection, Removal::kCut);
  }
  return format_git_config(*entries);
}

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
}

// The start of the value after a name that ends at `at`; npos where there is none. In a netrc file
// a blank separates them, in other files `=` or `:`.
size_t value_after(const std::string& text, size_t at, bool netrc) {
  const auto skip_blanks = [&] {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  };
  if (at < text.size() && (text[at] == '"' || text[at] == '\'')) ++at;
  const size_t end_of_name = at;
  skip_blanks();
  if (netrc) {
    while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at])) != 0) ++at;
    return at == end_of_name ? std::string::npos : at;
  }
  if (at >= text.size() || (text[at] != '=' && text[at] != ':')) return std::string::npos;
  ++at;
  skip_blanks();
  return at;
}

// The length of the value at `at`, which may be quoted: then its quotes stay.
size_t length_of_value(const std::string& text, size_t& at, bool netrc) {
  if (at < text.size() && (text[at] == '"' || text[at] == '\'')) {
    const char quote = text[at++];
    return std::min(text.find_first_of(std::string("\r\n") + quote, at), text.size()) - at;
  }
  size_t end = std::min(text.find_first_of(netrc ? " \t\r\n" : "\r\n", at), text.size());
  while (end > at && (text[end - 1] == ' ' || text[end - 1] == '\t' || text[end - 1] == ',')) --end;
  return end - at;
}

// Masks the values of keys that name a secret.
std::string mask_values(std::string text, bool netrc) {
  for (size_t at = 0; at < text.size();) {
    if (!is_word(text[at])) {
      ++at;
      continue;
    }
    const size_t start = at;
    while (at < text.size() && is_word(text[at])) ++at;
    const std::string_view name = std::string_view(text).substr(start, at - start);
    const bool secret =
        netrc ? lower(name) == "password" || lower(name) == "account" : is_secret_name(name);
    if (!secret) continue;
    size_t value = value_after(text, at, netrc);
    if (value == std::string::npos) continue;
    const size_t length = length_of_value(text, value, netrc);
    const std::string found = text.substr(value, length);
    if (is_reference(found) || found[0] == '{' || found[0] == '[' || found == "true" ||
        found == "false" || found == "null") {
      continue;
    }
    text.replace(value, length, length, 'x');
    at = value + length;
  }
  return text;
}

std::string cleaned(CredentialFile file, const std::string& text) {
  switch (file) {
    case CredentialFile::kGitConfig:
      return clean_git_config(text);
    case CredentialFile::kGitText:
      return clean_urls(text, Removal::kCut);
    case CredentialFile::kSettings:
      return mask_values(clean_urls(text, Removal::kMask), false);
    case CredentialFile::kNetrc:
      return mask_values(text, true);
  }
  return text;
}

}  // namespace

std::optional<std::string> without_credentials(CredentialFile file, const std::string& text) {
  std::string clean = cleaned(file, text);
  if (clean == text) return std::nullopt;
  return clean;
}

const std::vector<SettingsFile>& settings_files() {
  using Form = CredentialFile;
  static const std::vector<SettingsFile> kFiles = {
      {".gitmodules", Form::kSettings},
      {".lfsconfig", Form::kSettings},
      {".git-credentials", Form::kSettings},
      {".hgrc", Form::kSettings},
      {".hg/hgrc", Form::kSettings},
      {".netrc", Form::kNetrc},
      {"_netrc", Form::kNetrc},
      {".pypirc", Form::kSettings},
      {"pip.conf", Form::kSettings},
      {"pip.ini", Form::kSettings},
      {"uv.toml", Form::kSettings},
      {"poetry.toml", Form::kSettings},
      {".npmrc", Form::kSettings},
      {".yarnrc", Form::kSettings},
      {".yarnrc.yml", Form::kSettings},
      {".condarc", Form::kSettings},
      {".cargo/config", Form::kSettings},
      {".cargo/config.toml", Form::kSettings},
      {".cargo/credentials", Form::kSettings},
      {".cargo/credentials.toml", Form::kSettings},
      {".docker/config.json", Form::kSettings},
      {".dockercfg", Form::kSettings},
  };
  return kFiles;
}

}  // namespace rind
