#include "helper/plan/git_settings.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/base/git_config.h"
#include "common/base/text.h"

namespace rind {
namespace {

constexpr const char* kCount = "GIT_CONFIG_COUNT";
constexpr const char* kKey = "GIT_CONFIG_KEY_";
constexpr const char* kValue = "GIT_CONFIG_VALUE_";

using Setting = std::pair<std::string, std::string>;

// Git refuses a repository of another user, and only part of the repository belongs to the step.
// Lending changes owner and ctime of files. Without the last two settings, git commands that
// compare files with the index by them alone (diff-index, diff-files) would call all files
// modified.
constexpr std::pair<const char*, const char*> kSettings[] = {
    {"safe.directory", "*"}, {"core.checkStat", "minimal"}, {"core.trustctime", "false"}};

std::optional<std::string> take(std::vector<std::string>& environment, const std::string& name) {
  const std::string prefix = name + "=";
  const auto found = std::find_if(environment.begin(), environment.end(),
                                  [&](const auto& entry) { return entry.starts_with(prefix); });
  if (found == environment.end()) return std::nullopt;
  std::string value = found->substr(prefix.size());
  environment.erase(found);
  return value;
}

// The settings in the environment, which loses them.
std::vector<Setting> take_settings(std::vector<std::string>& environment) {
  constexpr size_t kMostDigits = 4;  // of a count; each setting is two variables
  std::vector<Setting> settings;
  const std::string count = take(environment, kCount).value_or("");
  const bool number = !count.empty() && count.size() <= kMostDigits &&
                      std::all_of(count.begin(), count.end(), is_digit);
  const size_t end = number ? std::stoul(count) : 0;
  for (size_t i = 0; i < end; ++i) {
    const auto key = take(environment, kKey + std::to_string(i));
    const auto value = take(environment, kValue + std::to_string(i));
    if (key && value) settings.emplace_back(*key, *value);
  }
  return settings;
}

}  // namespace

std::string git_settings_file() {
  std::vector<GitEntry> entries;
  for (const auto& [name, value] : kSettings) {
    const std::string key = name;
    const size_t dot = key.find('.');
    entries.push_back({key.substr(0, dot), std::nullopt, key.substr(dot + 1), value});
  }
  return format_git_config(entries);
}

void add_git_settings(std::vector<std::string>& environment) {
  std::vector<Setting> settings = take_settings(environment);
  settings.insert(settings.end(), std::begin(kSettings), std::end(kSettings));
  for (size_t i = 0; i < settings.size(); ++i) {
    environment.push_back(kKey + std::to_string(i) + "=" + settings[i].first);
    environment.push_back(kValue + std::to_string(i) + "=" + settings[i].second);
  }
  environment.push_back(std::string(kCount) + "=" + std::to_string(settings.size()));
}

}  // namespace rind
