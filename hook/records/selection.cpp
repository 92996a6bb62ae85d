#include "hook/records/selection.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "common/base/error.h"
#include "common/base/glob.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "hook/decide/decide.h"
#include "hook/records/lines.h"
#include "hook/records/times.h"

namespace rind::hook {
namespace {

// Without "-VERSION": what follows the last hyphen before a digit is one.
std::string without_version(const std::string& package) {
  const size_t hyphen = package.rfind('-');
  const bool version =
      hyphen != std::string::npos && hyphen + 1 < package.size() && is_digit(package[hyphen + 1]);
  return version ? package.substr(0, hyphen) : package;
}

// When the line's step ended, without parsing all of it: of gigabytes most lines may be too old. In
// a string the quotes would be escaped, so this is a key.
std::optional<int64_t> end_of(const std::string& line) {
  constexpr std::string_view kKey = "\"end\":\"";
  constexpr size_t kLength = 24;
  const size_t at = line.find(kKey);
  if (at == std::string::npos) return std::nullopt;
  return parse_time(line.substr(at + kKey.size(), kLength));
}

bool is_older(const struct stat& st, int64_t since) {
  return static_cast<int64_t>(st.st_mtim.tv_sec) * 1000 + 999 < since;
}

}  // namespace

bool matches(const Filter& filter, const StepLine& step) {
  if (filter.since && step.end < *filter.since) return false;
  if (filter.failed && !step.failed()) return false;
  if (filter.package.empty()) return true;
  return glob_match(filter.package, step.package, true) ||
         glob_match(normalised_name(filter.package),
                    normalised_name(without_version(step.package)));
}

std::vector<std::string> record_directories(const PolicyFiles& files) {
  const LoadedPolicy loaded = load_policy(files);
  std::vector<std::string> directories;
  const auto add = [&](const RecordRules& rules) {
    if (rules.place != RecordRules::Place::kHost) return;
    if (std::find(directories.begin(), directories.end(), rules.directory) != directories.end()) {
      return;
    }
    directories.push_back(rules.directory);
  };
  add(loaded.policy.record);
  for (const auto& choice : loaded.policy.choices) {
    add(policy_of_choice(loaded, choice.name).policy.record);
  }
  return directories;
}

Selection::Selection(const std::vector<std::string>& paths, Filter filter)
    : filter_(std::move(filter)) {
  for (const auto& path : paths) add(path, true);
  std::stable_sort(lines_.begin(), lines_.end(),
                   [](const Line& one, const Line& other) { return one.end < other.end; });
}

// named: by the operator, who may name a link. In a directory a link is skipped.
void Selection::add(const std::string& path, bool named) {
  try {
    const Fd file = sys::open(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | (named ? 0 : O_NOFOLLOW));
    const struct stat st = sys::stat_fd(file.get(), path);
    if (S_ISDIR(st.st_mode) && named) return add_directory(path);
    if (!S_ISREG(st.st_mode))
      throw Error("read " + path, "it is not a regular file",
                  "name files of records, or directories of them");
    if (!named && filter_.since && is_older(st, *filter_.since)) return;
    read(path, file.get());
  } catch (const Error& e) {
    troubles_.emplace_back(e.what());
  }
}

void Selection::add_directory(const std::string& path) {
  const Fd directory = sys::open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
  std::vector<std::string> names;
  sys::for_each_entry(directory.get(), path, [&](const dirent& entry) {
    if (std::string_view(entry.d_name).ends_with(".jsonl")) names.emplace_back(entry.d_name);
    return true;
  });
  std::sort(names.begin(), names.end());
  for (const auto& name : names) add(path + "/" + name, false);
}

void Selection::read(const std::string& path, int file) {
  files_.push_back(path);
  for_each_line(file, path, [&](const std::string* line, uint64_t offset, uint64_t number) {
    if (line != nullptr) return take(*line, offset, number);
    if (damaged_++ == 0) first_damaged_ = path + ":" + std::to_string(number);
  });
}

void Selection::take(const std::string& line, uint64_t offset, uint64_t number) {
  if (line.empty()) return;
  if (filter_.since) {
    const auto end = end_of(line);
    if (end && *end < *filter_.since) return;
  }
  const auto step = parse_step_line(line);
  if (!step) {
    if (damaged_++ == 0) first_damaged_ = files_.back() + ":" + std::to_string(number);
    return;
  }
  if (!matches(filter_, *step)) return;
  lines_.push_back({step->end, offset, static_cast<uint32_t>(files_.size() - 1),
                    static_cast<uint32_t>(line.size())});
}

void Selection::for_each(
    const std::function<void(const std::string&, const StepLine&)>& act) const {
  Fd file;
  uint32_t open_file = UINT32_MAX;
  std::string text;
  for (const auto& line : lines_) {
    if (line.file != open_file) {
      file = sys::try_open(AT_FDCWD, files_[line.file], O_RDONLY | O_NONBLOCK);
      open_file = line.file;
    }
    if (!file) continue;
    text.resize(line.length);
    const ssize_t n =
        ::pread(file.get(), text.data(), text.size(), static_cast<off_t>(line.offset));
    if (n != static_cast<ssize_t>(text.size())) continue;
    const auto step = parse_step_line(text);
    if (step) act(text, *step);
  }
}

}  // namespace rind::hook
