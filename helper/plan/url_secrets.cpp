#include "helper/plan/url_secrets.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>

namespace rind {
namespace {

constexpr std::string_view kScheme = "://";

// Of services, and of signed URLs; in lower case.
constexpr std::string_view kSecretParameters[] = {"access_token",
                                                  "auth_token",
                                                  "private_token",
                                                  "job_token",
                                                  "token",
                                                  "api_key",
                                                  "apikey",
                                                  "client_secret",
                                                  "secret",
                                                  "password",
                                                  "passwd",
                                                  "sig",
                                                  "signature",
                                                  "x-amz-signature",
                                                  "x-amz-credential",
                                                  "x-goog-signature",
                                                  "x-amz-security-token"};

bool is_secret_parameter(std::string_view name) {
  constexpr char kToLower = 'a' - 'A';
  const auto same = [](char a, char b) {
    return a == b || (b >= 'A' && b <= 'Z' && a == b + kToLower);
  };
  return std::any_of(
      std::begin(kSecretParameters), std::end(kSecretParameters), [&](std::string_view known) {
        return std::equal(known.begin(), known.end(), name.begin(), name.end(), same);
      });
}

// Where in `text`, from `at` on and before `end`, one of `characters` stands; else `end`.
size_t find_in(std::string_view text, std::string_view characters, size_t at, size_t end) {
  return std::min(text.substr(0, end).find_first_of(characters, at), end);
}

// The last '@' from `begin` on and before `end`.
std::optional<size_t> last_sign(std::string_view text, size_t begin, size_t end) {
  const size_t sign = text.substr(begin, end - begin).rfind('@');
  if (sign == std::string_view::npos) return std::nullopt;
  return begin + sign;
}

bool may_be_port(std::string_view text) {
  if (text.empty()) return true;
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size();
}

// The '@' after the user and password of the URL whose authority begins at `begin`.
// last: the last '@' of its word.
std::optional<size_t> sign_of(std::string_view text, size_t begin, size_t word,
                              std::optional<size_t> last) {
  if (!last || *last < begin) return std::nullopt;
  const size_t authority = find_in(text, "/?#\\", begin, word);
  const bool colon = text.substr(begin, authority - begin).find(':') != std::string_view::npos;
  // A query or a fragment without a path may have an '@', too: then the user needs a password.
  const size_t host = colon ? find_in(text, "/\\", begin, word) : authority;
  if (const auto sign = last_sign(text, begin, host)) return sign;
  // "https://user:p/w@host", but neither "https://host:8080/x@1" nor "https://[::1]/x@1".
  const std::string_view before = text.substr(0, begin);
  const bool http = before.ends_with("http://") || before.ends_with("https://");
  const std::string_view named = text.substr(begin, authority - begin);
  if (!colon || !http || named.find_first_of("$[") != std::string_view::npos ||
      may_be_port(named.substr(named.find(':') + 1))) {
    return std::nullopt;
  }
  return last;
}

std::vector<UrlPart> secret_parameters(std::string_view text, size_t begin, size_t end) {
  constexpr size_t kShortest = 8;
  std::vector<UrlPart> values;
  for (size_t at = find_in(text, "?#", begin, end); at < end;) {
    const size_t equals = find_in(text, "?&#;=", at + 1, end);
    if (equals == end || text[equals] != '=') {
      at = equals;
      continue;
    }
    const size_t next = find_in(text, "&#;", equals, end);
    if (next - equals > kShortest && is_secret_parameter(text.substr(at + 1, equals - at - 1))) {
      values.push_back({equals + 1, next});
      at = next;
    } else {
      at = find_in(text, "?&#;", equals, end);
    }
  }
  return values;
}

}  // namespace

std::vector<UrlSecrets> secrets_of_urls(std::string_view text) {
  std::vector<UrlSecrets> urls;
  size_t word = 0;  // the end of the word that the URL is in
  std::optional<size_t> last;
  for (size_t at = text.find(kScheme); at != std::string_view::npos; at = text.find(kScheme, at)) {
    at += kScheme.size();
    UrlSecrets url;
    if (at > word) {
      word = find_in(text, " \t\r\n\"'", at, text.size());
      last = last_sign(text, at, word);
      url.parameters = secret_parameters(text, at, word);
    }
    if (const auto sign = sign_of(text, at, word, last)) {
      url.user = {at, *sign};
      const size_t colon = text.substr(at, *sign - at).find(':');
      if (colon != std::string_view::npos) url.password = {at + colon + 1, *sign};
    }
    urls.push_back(std::move(url));
  }
  return urls;
}

}  // namespace rind
