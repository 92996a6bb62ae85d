#include "common/base/mountinfo.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "common/base/text.h"

namespace rind {
namespace {

bool is_octal(char c) { return c >= '0' && c <= '7'; }

// The kernel writes space, tab, newline and backslash as \ooo.
std::string unescaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && text[i + 1] <= '3' && is_octal(text[i + 1]) &&
        is_octal(text[i + 2]) && is_octal(text[i + 3])) {
      out +=
          static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + text[i + 3] - '0');
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

bool read_number(std::string_view text, uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

using Words = std::vector<std::string_view>;

void split_into(Words& words, std::string_view line) {
  words.clear();
  for (size_t end; (end = line.find(' ')) != std::string_view::npos;) {
    words.push_back(line.substr(0, end));
    line.remove_prefix(end + 1);
  }
  words.push_back(line);
}

// ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [TAG...] - TYPE SOURCE SUPER-OPTIONS
bool parse_line(const Words& words, MountInfo& mount) {
  constexpr size_t kFirstTag = 6;
  size_t dash = kFirstTag;
  while (dash < words.size() && words[dash] != "-") ++dash;
  if (dash + 2 >= words.size()) return false;
  if (!read_number(words[0], mount.id) || !read_number(words[1], mount.parent)) return false;
  mount.device = words[2];
  mount.root = unescaped(words[3]);
  mount.point = unescaped(words[4]);
  if (!mount.point.starts_with('/')) return false;
  mount.options = words[5];
  for (size_t i = kFirstTag; i < dash; ++i) {
    if (words[i].starts_with("shared:") || words[i].starts_with("master:")) mount.propagates = true;
  }
  mount.type = words[dash + 1];
  mount.source = unescaped(words[dash + 2]);
  return true;
}

}  // namespace

bool MountInfo::has(const std::string& option) const {
  for (const auto& word : split(options, ',')) {
    if (word == option) return true;
  }
  return false;
}

std::vector<MountInfo> parse_mountinfo(const std::string& text) {
  std::vector<MountInfo> mounts;
  Words words;
  for (std::string_view rest = text; !rest.empty();) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    split_into(words, rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    MountInfo mount;
    if (parse_line(words, mount)) mounts.push_back(std::move(mount));
  }
  return mounts;
}

const MountInfo* mount_at(const std::vector<MountInfo>& mounts, const std::string& path) {
  const auto is_covered = [&](const MountInfo& below) {
    for (const auto& mount : mounts) {
      if (mount.parent == below.id && mount.point == path && mount.id != below.id) return true;
    }
    return false;
  };
  const MountInfo* found = nullptr;
  for (const auto& mount : mounts) {
    if (mount.point == path && !is_covered(mount)) found = &mount;
  }
  return found;
}

}  // namespace rind
