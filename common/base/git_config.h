// The text of a git configuration file: git-config(1), "Syntax". Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace rind {

struct GitEntry {
  std::string section;  // lower case
  std::optional<std::string> subsection;
  std::string name;                  // lower case
  std::optional<std::string> value;  // nothing for a name without `=`
  bool operator==(const GitEntry&) const = default;
};

// The entries of a configuration file in order; nothing for text that git would reject.
std::optional<std::vector<GitEntry>> parse_git_config(const std::string& text);

// The text of a file that git reads as these entries.
std::string format_git_config(const std::vector<GitEntry>& entries);

}  // namespace rind
