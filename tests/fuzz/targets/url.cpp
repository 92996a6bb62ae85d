// URLs: no password and no token of a parameter is left. Lines: scheme, user, password, rest,
// parameter, value.
#include <algorithm>

#include "helper/plan/credential.h"
#include "helper/plan/file_credentials.h"
#include "tests/fuzz/property.h"

namespace rind::fuzz {
namespace {

constexpr const char* kSecret = "s3cretW0rd9";

// Without what ends a URL in a text.
std::string plain(std::string text) {
  std::erase_if(text, [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '\'' || c == 0x7f;
  });
  return text;
}

std::string with_secret(const std::string& text) {
  return text.substr(0, text.size() / 2) + kSecret + text.substr(text.size() / 2);
}

// Programs agree that the password ends elsewhere, or it is a reference to a variable.
bool is_unclear(const std::string& password) {
  const size_t slash = password.find_first_of("/\\");
  const size_t delimiter = password.find_first_of("/\\?#");
  const bool sign_before = slash != std::string::npos && password.find('@') < slash;
  const bool port = std::all_of(
      password.begin(),
      password.begin() + static_cast<std::ptrdiff_t>(std::min(delimiter, password.size())),
      [](char c) { return c >= '0' && c <= '9'; });
  return sign_before || (port && delimiter != std::string::npos) ||
         password.find_first_of("$[<{%") != std::string::npos;
}

void require_clean(const std::string& text) {
  const CutValue cut = cut_credentials(text);
  require(cut.value.find(kSecret) == std::string::npos, "a variable keeps no secret");
  for (const auto form :
       {CredentialFile::kGitText, CredentialFile::kSettings, CredentialFile::kGitConfig}) {
    const std::string clean = without_credentials(form, text).value_or(text);
    require(clean.find(kSecret) == std::string::npos, "a file keeps no secret");
    if (form == CredentialFile::kSettings)
      require(clean.size() == text.size(), "settings keep their length");
  }
}

}  // namespace

void fuzz_url(std::string_view input) {
  const auto lines = lines_of(input);
  std::string user = plain(line_at(lines, 1));
  const std::string scheme = line_at(lines, 0) == "http" ? "http" : "https";
  const std::string password = with_secret(plain(line_at(lines, 2)));
  const std::string rest = plain(line_at(lines, 3));
  std::erase_if(user, [](char c) { return std::string("/\\?#:@$[").find(c) != std::string::npos; });
  // Elsewhere it is no secret.
  if ((user + '\n' + rest + '\n' + plain(line_at(lines, 4))).find(kSecret) != std::string::npos)
    return;
  if (!is_unclear(password))
    require_clean(scheme + "://" + user + ":" + password + "@host/" + rest);
  std::string value = line_at(lines, 5);
  std::erase_if(value, [](char c) { return std::string("&#;$<{%").find(c) != std::string::npos; });
  for (const char* name : {"token", "Private_Token", "X-Amz-Signature", "sig"}) {
    const std::string text = scheme + "://" + user + "@host/" + rest + "?" +
                             plain(line_at(lines, 4)) + "&" + name + "=" +
                             with_secret(plain(value));
    require_clean(text);
  }
}

}  // namespace rind::fuzz
