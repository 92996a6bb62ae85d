#include "common/base/mountinfo.h"

#include <cstdlib>

#include "common/base/text.h"

namespace rind {
namespace {

bool is_octal(char c) { return c >= '0' && c <= '7'; }

// The kernel writes space, tab, newline and backslash as \ooo.
std::string unescaped(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && is_octal(text[i + 1]) && is_octal(text[i + 2]) &&
        is_octal(text[i + 3])) {
      out +=
          static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + text[i + 3] - '0');
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

// ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [TAG...] - TYPE SOURCE SUPER-OPTIONS
bool parse_line(const std::string& line, MountInfo& mount) {
  const std::vector<std::string> words = split(line, ' ');
  constexpr size_t kFirstTag = 6;
  size_t dash = kFirstTag;
  while (dash < words.size() && words[dash] != "-") ++dash;
  if (dash + 2 >= words.size()) return false;
  mount.id = std::strtoull(words[0].c_str(), nullptr, 10);
  mount.parent = std::strtoull(words[1].c_str(), nullptr, 10);
  mount.device = words[2];
  mount.root = unescaped(words[3]);
  mount.point = unescaped(words[4]);
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
  for (const auto& line : split(text, '\n')) {
    MountInfo mount;
    if (parse_line(line, mount)) mounts.push_back(std::move(mount));
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
