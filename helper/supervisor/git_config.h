// A repository's configuration, and which of it runs nothing. Pure.
//
// git runs what its configuration names: core.fsmonitor in `git status`, filters, aliases, helpers.
// There are many such keys, and every release adds some. So what is kept of a configuration that a
// step wrote is a list of keys that are known to run nothing.
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

// The entries of a configuration file in their order; nothing for what git would not read.
std::optional<std::vector<GitEntry>> parse_git_config(const std::string& text);

// A file that git reads as these entries.
std::string format_git_config(const std::vector<GitEntry>& entries);

// True when git runs nothing and leaves the repository for nothing because of it.
bool is_inert(const GitEntry& entry);

// What a configuration becomes after a step: what runs something as it was before, all else as the
// step left it. before: nothing for a repository that the step made.
struct MendedConfig {
  std::string text;
  std::vector<std::string> keys;  // that are not as the step left them: for people
};
MendedConfig mend_git_config(const std::optional<std::string>& before, const std::string& after);

}  // namespace rind
