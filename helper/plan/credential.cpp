#include "helper/plan/credential.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <string_view>
#include <vector>

#include "helper/plan/url_secrets.h"

namespace rind {
namespace {

bool is_alphanumeric(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
// Tokens are base64url, with dots between their parts.
bool is_of_token(char c) { return is_alphanumeric(c) || c == '_' || c == '-'; }

std::string in_lower_case(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Random text has upper case, lower case and digits, or is one long run without a separator. Names
// of programs, hosts and versions are not.
bool looks_random(std::string_view text) {
  constexpr size_t kShortest = 16, kLongRun = 20;
  bool upper = false, lower = false, digit = false;
  size_t run = 0, longest = 0;
  for (const char c : text) {
    upper = upper || (c >= 'A' && c <= 'Z');
    lower = lower || (c >= 'a' && c <= 'z');
    digit = digit || (c >= '0' && c <= '9');
    run = is_alphanumeric(c) ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return text.size() >= kShortest && ((upper && lower && digit) || longest >= kLongRun);
}

// Tokens that begin with the name of their service, and what they are at least long without it.
struct TokenForm {
  std::string_view prefix;
  size_t shortest;
};
constexpr TokenForm kTokens[] = {
    {"ghp_", 16},        {"gho_", 16},     {"ghu_", 16},     {"ghs_", 16},   {"ghr_", 16},
    {"github_pat_", 16}, {"glpat-", 16},   {"gldt-", 16},    {"glrt-", 16},  {"glptt-", 16},
    {"glcbt-", 16},      {"glsoat-", 16},  {"glft-", 16},    {"glimt-", 16}, {"glagent-", 16},
    {"gloas-", 16},      {"hf_", 20},      {"api_org_", 20}, {"pypi-", 16},  {"npm_", 20},
    {"dckr_pat_", 16},   {"xoxb-", 10},    {"xoxp-", 10},    {"xoxa-", 10},  {"xoxr-", 10},
    {"xoxs-", 10},       {"xapp-", 10},    {"AIza", 30},     {"ya29.", 20},  {"dop_v1_", 20},
    {"doo_v1_", 20},     {"SG.", 20},      {"shpat_", 16},   {"shpss_", 16}, {"sk-", 20},
    {"sk_live_", 10},    {"sk_test_", 10}, {"rk_live_", 10}, {"whsec_", 16}, {"nvapi-", 16},
    {"hvs.", 20},        {"hvb.", 20},     {"lin_api_", 20}, {"glsa_", 20},  {"glc_", 20},
    {"rubygems_", 20},   {"sntrys_", 16},  {"sntryu_", 16},  {"dp.st.", 16}, {"dp.pt.", 16},
    {"tskey-", 16},      {"ATATT3", 20},   {"ATCTT3", 20},   {"ATBB", 24},   {"pul-", 20},
    {"cio", 32},
};

// The characters with which a token can begin.
constexpr std::array<bool, 256> kStarts = [] {
  std::array<bool, 256> starts = {};
  for (const auto& form : kTokens) starts[static_cast<unsigned char>(form.prefix[0])] = true;
  for (const char c : {'A', 'e'}) starts[static_cast<unsigned char>(c)] = true;  // AKIA, eyJ
  return starts;
}();

size_t end_of_word(std::string_view text, size_t at, bool dots) {
  while (at < text.size() && (is_of_token(text[at]) || (dots && text[at] == '.'))) ++at;
  return at;
}

// AKIA and ASIA: the ids of Amazon's access keys have 20 characters.
size_t end_of_access_key_id(std::string_view text, size_t at) {
  constexpr size_t kLength = 20;
  const std::string_view prefix = text.substr(at, 4);
  if (prefix != "AKIA" && prefix != "ASIA") return at;
  size_t end = at;
  while (end < text.size() &&
         ((text[end] >= 'A' && text[end] <= 'Z') || (text[end] >= '0' && text[end] <= '9'))) {
    ++end;
  }
  const bool whole = end == text.size() || !is_of_token(text[end]);
  return whole && end - at == kLength ? end : at;
}

// JSON Web Tokens: three parts in base64url, of which the first is a JSON object ("eyJ").
size_t end_of_jwt(std::string_view text, size_t at) {
  constexpr size_t kShortest = 30;
  if (text.substr(at, 3) != "eyJ") return at;
  const size_t end = end_of_word(text, at, true);
  const auto dots = std::count(text.begin() + static_cast<std::ptrdiff_t>(at),
                               text.begin() + static_cast<std::ptrdiff_t>(end), '.');
  return dots >= 2 && end - at >= kShortest ? end : at;
}

// The end of the token that begins at `at`; `at` where none does.
size_t end_of_token(std::string_view text, size_t at) {
  if (!kStarts[static_cast<unsigned char>(text[at])]) return at;
  for (const auto& form : kTokens) {
    if (form.prefix[0] != text[at]) continue;
    if (text.substr(at, form.prefix.size()) != form.prefix) continue;
    const bool dots = form.prefix.back() == '.' || form.prefix.starts_with("gl");
    const size_t body = at + form.prefix.size();
    const size_t end = end_of_word(text, body, dots);
    const std::string_view token = text.substr(body, end - body);
    // Slack's tokens are numbers first; their prefixes are no words.
    const bool random = looks_random(token) || form.prefix.starts_with("x");
    if (token.size() >= form.shortest && random) return end;
  }
  const size_t end = end_of_access_key_id(text, at);
  return end != at ? end : end_of_jwt(text, at);
}

bool is_token(std::string_view text) {
  return !text.empty() && end_of_token(text, 0) == text.size();
}

struct Span {
  size_t begin = 0, end = 0;
  const char* found = "";
};

void add_urls(const std::string& value, std::vector<Span>& spans) {
  for (const auto& url : secrets_of_urls(value)) {
    if (url.user) {
      const std::string_view user(value.data() + url.user->begin, url.user->end - url.user->begin);
      const size_t end = url.user->end + 1;  // with the '@'
      if (url.password) {
        spans.push_back({url.user->begin, end, "a password in a URL"});
      } else if (is_token(user) || looks_random(user)) {
        spans.push_back({url.user->begin, end, "a token in a URL"});
      }
    }
    for (const auto& part : url.parameters) {
      spans.push_back({part.begin, part.end, "a credential in a URL"});
    }
  }
}

std::vector<Span> credentials_in(const std::string& value) {
  std::vector<Span> spans;
  add_urls(value, spans);
  for (size_t at = 0; at < value.size(); ++at) {
    if (at != 0 && is_of_token(value[at - 1])) continue;
    const size_t end = end_of_token(value, at);
    if (end != at) spans.push_back({at, end, "a token"});
  }
  std::sort(spans.begin(), spans.end(),
            [](const Span& a, const Span& b) { return a.begin < b.begin; });
  return spans;
}

// What the value is as a whole, when no part of it should be shown; "" otherwise.
const char* document_in(const std::string& value) {
  constexpr size_t kShortest = 11;  // "_authtoken="
  if (value.size() < kShortest) return "";
  // Of a key in base64, "PRIVATE KEY" in each of its three places.
  static constexpr std::string_view kKeys[] = {
      "PRIVATE KEY-----", "PRIVATE KEY BLOCK-----", "AGE-SECRET-KEY-1", "PuTTY-User-Key-File",
      "UFJJVkFURSBLRVkt", "BSSVZBVEUgS0VZL",        "QUklWQVRFIEtFWS"};
  for (const auto& key : kKeys) {
    if (holds(value, key)) return "a private key";
  }
  const std::string text = in_lower_case(value);
  if (holds(text, "authorization:")) return "a header of a request";
  const bool header = text.starts_with("bearer ") || text.starts_with("basic ");
  if (header && looks_random(std::string_view(text).substr(text.find(' ') + 1))) {
    return "a header of a request";
  }
  for (const char* key : {"aws_secret_access_key", "_authtoken=", "accountkey=", "sharedaccesskey=",
                          "\"client_secret\"", "\"refresh_token\"", "\"identitytoken\""}) {
    if (holds(text, key)) return "a document with credentials";
  }
  const bool netrc = holds(text, "machine ") && holds(text, "login ") && holds(text, "password ");
  const bool registry = holds(text, "\"auths\"") && holds(text, "\"auth\"");
  return netrc || registry ? "a document with credentials" : "";
}

// A part of a URL's path.
bool may_be_token(std::string_view part) {
  constexpr size_t kShortest = 12, kFewDigits = 2;
  const auto digits =
      std::count_if(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
  const bool word = std::all_of(part.begin(), part.end(), is_alphanumeric);
  return looks_random(part) ||
         (word && part.size() >= kShortest && static_cast<size_t>(digits) > kFewDigits);
}

bool is_plain_url(const std::string& url) {
  const size_t start = url.starts_with("http://") ? 7 : url.starts_with("https://") ? 8 : 0;
  if (start == 0 || url.find_first_of("@?#$\"'", start) != std::string::npos) return false;
  size_t at = std::min(url.find('/', start), url.size());
  while (at < url.size()) {
    const size_t end = std::min(url.find('/', at + 1), url.size());
    if (may_be_token(std::string_view(url).substr(at + 1, end - at - 1))) return false;
    at = end;
  }
  return true;
}

}  // namespace

bool is_plain_address(const std::string& value) {
  bool any = false;
  for (size_t at = 0; at < value.size();) {
    const size_t end = std::min(value.find(' ', at), value.size());
    const std::string url = value.substr(at, end - at);
    if (!url.empty() && !is_plain_url(url)) return false;
    any = any || !url.empty();
    at = end + 1;
  }
  return any;
}

CutValue cut_credentials(const std::string& value) {
  CutValue cut;
  cut.value = value;
  cut.found = document_in(value);
  if (!cut.found.empty()) {
    cut.left = CutValue::Left::kNone;
    cut.value.clear();
    return cut;
  }
  const std::vector<Span> spans = credentials_in(value);
  if (spans.empty()) return cut;
  cut.left = CutValue::Left::kPart;
  cut.found = spans.front().found;
  cut.value.clear();
  size_t at = 0;
  for (const auto& span : spans) {
    if (span.begin > at) cut.value += value.substr(at, span.begin - at);
    at = std::max(at, span.end);
  }
  cut.value += value.substr(at);
  if (std::none_of(cut.value.begin(), cut.value.end(), is_alphanumeric)) {
    cut.left = CutValue::Left::kNone;
  }
  return cut;
}

}  // namespace rind
