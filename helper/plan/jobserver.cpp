#include "helper/plan/jobserver.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

namespace rind {
namespace {

bool has_make_flags(const std::string& name) {
  static constexpr std::string_view kNames[] = {"MAKEFLAGS", "MFLAGS", "GNUMAKEFLAGS",
                                                "CARGO_MAKEFLAGS"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

// --sync-mutex names a file of the make that has the jobserver.
bool names_jobserver(const std::string& word) {
  static constexpr std::string_view kOptions[] = {"--jobserver-auth", "--jobserver-fds",
                                                  "--jobserver-style", "--sync-mutex"};
  return std::any_of(std::begin(kOptions), std::end(kOptions), [&](std::string_view option) {
    return word.starts_with(option) && (word.size() == option.size() || word[option.size()] == '=');
  });
}

// The words of make's flags, each with the blanks before it. A backslash quotes a blank.
std::vector<std::string> words_of(const std::string& flags) {
  std::vector<std::string> words;
  bool blank = true;
  for (size_t i = 0; i < flags.size(); ++i) {
    const bool is_blank = flags[i] == ' ' || flags[i] == '\t';
    if (words.empty() || (is_blank && !blank)) words.emplace_back();
    words.back() += flags[i];
    if (flags[i] == '\\' && i + 1 < flags.size()) words.back() += flags[++i];
    blank = is_blank;
  }
  return words;
}

std::string trimmed(const std::string& word) {
  return word.substr(std::min(word.find_first_not_of(" \t"), word.size()));
}

}  // namespace

std::string without_jobserver(const std::string& name, const std::string& value,
                              unsigned processors) {
  if (!has_make_flags(name)) return value;
  const std::vector<std::string> words = words_of(value);
  const bool named = std::any_of(words.begin(), words.end(), [](const std::string& word) {
    return names_jobserver(trimmed(word));
  });
  if (!named) return value;
  std::string kept;
  bool variables = false;
  for (const auto& word : words) {
    const std::string text = trimmed(word);
    // After "--" come variables of the command line: their values are the Makefile's.
    variables = variables || text == "--";
    if (!variables && names_jobserver(text)) continue;
    kept += word;
    // Make 4.1 and older, and cargo: the jobserver alone limits the number of jobs.
    if (!variables && text == "-j") kept += std::to_string(processors);
  }
  return kept;
}

}  // namespace rind
