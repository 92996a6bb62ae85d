#include "helper/plan/settings_copy.h"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <vector>

#include "common/base/git_config.h"
#include "common/base/text.h"
#include "helper/plan/credential.h"
#include "helper/plan/environment.h"
#include "helper/plan/url_secrets.h"

namespace rind {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool is_of_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
}

// A key as the name of a variable: my-token is MY_TOKEN.
std::string as_variable(std::string_view name) {
  while (!name.empty() && (name[0] == '_' || name[0] == '-')) name.remove_prefix(1);
  std::string variable(name);
  for (char& c : variable) {
    c = c == '-' || c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return variable;
}

// True for text that is the name of a variable, and says more than "key".
bool is_telling(const std::string& variable) {
  const bool named = !variable.empty() && !is_digit(variable[0]) && variable != "KEY";
  return named && std::all_of(variable.begin(), variable.end(), [](char c) {
           return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0;
         });
}

// Settings as variables: NAME=VALUE.
std::vector<EnvironmentDecision> decided(const EnvironmentRules& rules,
                                         const std::vector<std::string>& entries) {
  EnvironmentRules by_name = rules;
  by_name.keep_by_default = true;
  return decide_environment(by_name, entries,
                            [](const auto&...) { return VariableOrigin::kContainer; });
}

struct Setting {
  std::string key, value;
};

// True where a key, or a part of one with dots, is the name of a credential, and has a value.
bool names_credential(const EnvironmentRules& rules, const std::vector<Setting>& settings) {
  constexpr std::string_view kNames[] = {"AUTH", "AUTHORIZATION", "COOKIE", "PASS", "PASSPHRASE"};
  std::vector<std::string> entries;
  for (const auto& [key, value] : settings) {
    if (is_plain_setting(value)) continue;
    for (const auto& part : split(key, '.')) {
      const std::string variable = as_variable(part);
      if (std::find(std::begin(kNames), std::end(kNames), variable) != std::end(kNames)) {
        return true;
      }
      if (is_telling(variable)) entries.push_back(variable + "=" + value);
    }
  }
  const auto decisions = decided(rules, entries);
  return std::any_of(decisions.begin(), decisions.end(), [](const auto& d) { return !d.kept; });
}

// A user before a host may be a token; one of ssh is a name.
bool has_user(const std::string& text) {
  for (const auto& url : secrets_of_urls(text)) {
    if (!url.user) continue;
    const std::string_view before = std::string_view(text).substr(0, url.user->begin);
    if (url.password || !before.ends_with("ssh://")) return true;
  }
  // USER:PASSWORD@HOST, as proxies are written, too.
  for (size_t at = text.find('@'); at != std::string::npos; at = text.find('@', at + 1)) {
    size_t start = at;
    while (start > 0 && (is_of_name(text[start - 1]) || text[start - 1] == ':')) --start;
    const std::string_view user = std::string_view(text).substr(start, at - start);
    if (user.find(':') != std::string_view::npos && user.back() != ':') return true;
  }
  return false;
}

bool is_credential(const std::string& value) {
  return has_user(value) || cut_credentials(value).left != CutValue::Left::kAll;
}

// In any form: git reads a URL up to its end, whatever it has.
bool has_user_of_url(const std::string& text) {
  const size_t scheme = text.find("://");
  const bool sign = scheme != std::string::npos && text.find('@', scheme) != std::string::npos;
  return sign && !text.substr(0, scheme).ends_with("ssh");
}

bool is_credential(const EnvironmentRules& rules, const GitEntry& entry) {
  // A credential helper may have the password in its text; what signs needs a key.
  if (entry.section == "credential" || entry.name == "gpgsign") return true;
  for (const char* word : {"header", "cookie", "pass", "token", "secret"}) {
    if (entry.name.find(word) != std::string::npos) return true;
  }
  const std::string value = entry.value.value_or("");
  const std::string subsection = entry.subsection.value_or("");
  return names_credential(rules, {{entry.name, value}}) || is_credential(value) ||
         is_credential(subsection) || has_user_of_url(value) || has_user_of_url(subsection);
}

std::optional<std::string> copy_of_git(const EnvironmentRules& rules, const std::string& text) {
  auto entries = parse_git_config(text);
  if (!entries) return std::nullopt;
  std::erase_if(*entries, [&](const GitEntry& entry) { return is_credential(rules, entry); });
  return format_git_config(*entries);
}

std::string copy_of_variables(const EnvironmentRules& rules, const std::string& text) {
  std::string copy;
  for (const auto& decision : decided(rules, split(text, '\n'))) {
    if (!decision.kept || has_user(decision.value)) continue;
    copy += decision.name + "=" + decision.value + "\n";
  }
  return copy;
}

// The one string, or the rest of the line without quotes, that is the value of a line's key.
struct Assignment {
  std::string key;
  size_t begin = 0, size = 0;  // of the value, without quotes
};

// Nothing for other lines, and for values that are no plain text of one line.
std::optional<Assignment> assignment_in(const std::string& line) {
  size_t at = 0;
  const auto skip_blanks = [&] {
    while (at < line.size() && is_blank(line[at])) ++at;
  };
  skip_blanks();
  const bool quoted_key = at < line.size() && line[at] == '"';
  if (quoted_key) ++at;
  Assignment found;
  while (at < line.size() && is_of_name(line[at])) found.key += line[at++];
  if (quoted_key && (at == line.size() || line[at++] != '"')) return std::nullopt;
  skip_blanks();
  if (found.key.empty() || at == line.size() || line[at++] != '=') return std::nullopt;
  skip_blanks();
  const char quote = at < line.size() ? line[at] : '\0';
  const bool quoted = quote == '"' || quote == '\'';
  if (quoted) ++at;
  found.begin = at;
  const size_t end = quoted ? line.find(quote, at) : line.find_last_not_of(" \t\r") + 1;
  if (end == std::string::npos || end < at) return std::nullopt;
  found.size = end - at;
  const std::string value = line.substr(at, found.size);
  if (value.find_first_of(quoted ? "\\" : "\\\"'[]{}") != std::string::npos) return std::nullopt;
  if (!quoted) return found;
  const size_t rest = line.find_first_not_of(" \t\r", end + 1);
  if (rest != std::string::npos && line[rest] != '#') return std::nullopt;
  return found;
}

// The table of a TOML file or section of an INI file that the line begins; "" for other lines.
std::string table_in(const std::string& line) {
  const size_t begin = line.find_first_not_of(" \t");
  const size_t end = line.find(']');
  if (begin == std::string::npos || line[begin] != '[' || end == std::string::npos) return {};
  return line.substr(begin + 1, end - begin - 1);
}

// The value that begins at `at`: a string, or else a word; at most 512 characters of it.
std::string value_at(const std::string& text, size_t at) {
  constexpr size_t kMost = 512;
  const bool quoted = at < text.size() && (text[at] == '"' || text[at] == '\'');
  if (quoted && text.compare(at, 3, std::string(3, text[at])) == 0) return text.substr(at, kMost);
  const std::string ends = quoted ? std::string(1, text[at]) + "\n" : " \t\r\n,}#";
  if (quoted) ++at;
  const size_t end = text.find_first_of(ends, at);
  return text.substr(at, std::min(end, at + kMost) - at);
}

// True where a word of the text, before a value, is the name of a credential. Names in paths, and
// in lists of them, are none.
bool assigns_credential(const EnvironmentRules& rules, const std::string& text) {
  std::vector<Setting> settings;
  for (size_t at = 0; at < text.size();) {
    if (!is_of_name(text[at])) {
      ++at;
      continue;
    }
    const size_t start = at;
    while (at < text.size() && is_of_name(text[at])) ++at;
    if (start > 0 && (text[start - 1] == '/' || text[start - 1] == ':')) continue;
    size_t next = at;
    if (next < text.size() && (text[next] == '"' || text[next] == '\'')) ++next;
    while (next < text.size() && is_blank(text[next])) ++next;
    if (next == text.size() || (text[next] != '=' && text[next] != ':')) continue;
    ++next;
    while (next < text.size() && is_blank(text[next])) ++next;
    // The value of an INI file's key may stand on the next line.
    const bool below = next < text.size() && (text[next] == '\n' || text[next] == '\r');
    settings.push_back({text.substr(start, at - start), below ? "below" : value_at(text, next)});
  }
  return names_credential(rules, settings);
}

// Tables whose name is a credential's have it under any key: [env.MY_TOKEN].
bool has_table_of_credential(const EnvironmentRules& rules, const std::string& text) {
  std::vector<Setting> tables;
  for (const auto& line : split(text, '\n')) {
    const std::string table = table_in(line);
    // What cargo calls so has programs.
    if (table != "credential-alias") tables.push_back({table, "below"});
  }
  return names_credential(rules, tables);
}

}  // namespace

std::string without_plain_credentials(const EnvironmentRules& rules, const std::string& text) {
  std::string copy;
  std::vector<std::string> lines = split(text, '\n');
  for (size_t i = 0; i < lines.size(); ++i) {
    std::string line = lines[i];
    if (const auto found = assignment_in(line); found && found->size != 0) {
      const std::string value = line.substr(found->begin, found->size);
      const bool secret = names_credential(rules, {{found->key, value}});
      if (secret) {
        line.erase(found->begin, found->size);
      } else if (is_credential(value)) {
        CutValue cut = cut_credentials(value);
        const bool rest = cut.left == CutValue::Left::kPart && !is_credential(cut.value);
        line.replace(found->begin, found->size, rest ? cut.value : "");
      }
    }
    copy += line;
    if (i + 1 < lines.size()) copy += '\n';
  }
  return copy;
}

std::optional<std::string> settings_copy(const EnvironmentRules& rules, const std::string& path,
                                         const std::string& text) {
  if (path.ends_with("/.gitconfig") || path.ends_with("/git/config")) {
    return copy_of_git(rules, text);
  }
  if (path.ends_with("/go/env")) return copy_of_variables(rules, text);
  std::string copy = without_plain_credentials(rules, text);
  const bool left = is_credential(copy) || assigns_credential(rules, copy) ||
                    has_table_of_credential(rules, copy);
  if (left) return std::nullopt;
  return copy;
}

}  // namespace rind
