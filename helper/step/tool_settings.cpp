#include "helper/step/tool_settings.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>

#include "common/base/text.h"

namespace rind {
namespace {

// Takes one of the words from the start of the text; false where it begins with none.
bool take(std::string_view& text, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (!text.starts_with(word)) continue;
    text.remove_prefix(word.size());
    return true;
  }
  return false;
}

bool take_number(std::string_view& text) {
  constexpr size_t kMostDigits = 2;  // uv reads longer ones otherwise
  const size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(std::min(end, kMostDigits));
  return end != 0 && end <= kMostDigits;
}

// 3, 3.12, 3.12.1, 3.14.0rc1
bool is_release(std::string_view text) {
  constexpr int kMost = 3;
  int count = 0;
  do {
    if (++count > kMost || !take_number(text)) return false;
  } while (take(text, {"."}));
  if (count == kMost && take(text, {"a", "b", "rc"}) && !take_number(text)) return false;
  return text.empty();
}

// True for a line that uv certainly takes for a version: 3.12, cpython@3.12, >=3.11,<3.13. What it
// cannot read as one it takes for a program, or for its path.
bool is_version(std::string_view line) {
  if (take(line, {"cpython", "pypy", "graalpy"})) {
    if (line.empty()) return true;
    take(line, {"@"});
    return is_release(line);
  }
  if (line.empty() || is_release(line)) return true;
  const std::vector<std::string> parts = split(std::string(line), ',');
  return std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
    return take(part, {">=", "<=", "==", "!=", "<", ">"}) && is_release(part);
  });
}

bool are_versions(const std::string& text) {
  const std::vector<std::string> lines = split(text, '\n');
  return std::all_of(lines.begin(), lines.end(), [](std::string_view line) {
    // Only a line that begins with it is a comment.
    if (line.starts_with('#')) return true;
    while (!line.empty() && std::string_view(" \t\r").find(line.back()) != std::string_view::npos) {
      line.remove_suffix(1);
    }
    return is_version(line);
  });
}

// True where a table of uv's may be in a pyproject.toml: its name stands there as a word, or with
// escapes of TOML.
bool may_have_table_of_uv(const std::string& text) {
  const auto is_of_word = [](char c) {
    return c == '_' || c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z');
  };
  for (const char* escape : {"\\u", "\\U", "\\x"}) {
    if (text.find(escape) != std::string::npos) return true;
  }
  for (size_t at = text.find("uv"); at != std::string::npos; at = text.find("uv", at + 1)) {
    const bool begins = at == 0 || !is_of_word(text[at - 1]);
    if (begins && (at + 2 == text.size() || !is_of_word(text[at + 2]))) return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> settings_of_tool(const std::string& program) {
  if (program != "uv") return {};
  return {".python-version", ".python-versions", "uv.toml", "pyproject.toml"};
}

std::vector<std::string> places_of_settings(const std::vector<std::string>& command,
                                            const std::vector<std::string>& environment) {
  constexpr std::array<std::string_view, 3> kOptions = {"--directory", "--project",
                                                        "--config-file"};
  constexpr std::array<std::string_view, 4> kVariables = {
      "UV_WORKING_DIRECTORY=", "UV_WORKING_DIR=", "UV_PROJECT=", "UV_CONFIG_FILE="};
  std::vector<std::string> places;
  for (size_t i = 1; i < command.size(); ++i) {
    for (const std::string_view option : kOptions) {
      std::string_view word = command[i];
      if (!take(word, {option})) continue;
      if (word.empty() && i + 1 < command.size()) places.push_back(command[i + 1]);
      if (word.starts_with('=')) places.emplace_back(word.substr(1));
    }
  }
  for (std::string_view entry : environment) {
    for (const std::string_view variable : kVariables) {
      if (take(entry, {variable})) places.emplace_back(entry);
    }
  }
  std::erase(places, std::string());
  return places;
}

bool chooses_program(const std::string& name, const std::string& text) {
  if (name.starts_with(".python-version")) return !are_versions(text);
  return name != "pyproject.toml" || may_have_table_of_uv(text);
}

}  // namespace rind
