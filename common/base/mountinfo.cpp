#include "common/base/mountinfo.h"

#include <algorithm>
#include <charconv>
#include <climits>
#include <string_view>

#include "common/base/text.h"

namespace rind {
namespace {

bool is_octal(char c, char most) { return c >= '0' && c <= most; }

// The kernel writes space, tab, newline, '#' and backslash as \ooo. Sets `known` to false at any
// other backslash, which stays, and at a NUL, which no path has.
std::string unescaped(std::string_view text, bool& known) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
    } else if (i + 3 < text.size() && is_octal(text[i + 1], '3') && is_octal(text[i + 2], '7') &&
               is_octal(text[i + 3], '7') && text.substr(i + 1, 3) != "000") {
      out +=
          static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + text[i + 3] - '0');
      i += 3;
    } else {
      out += text[i];
      known = false;
    }
  }
  return out;
}

bool read_number(std::string_view text, uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

// Takes what stands before the next space in `line`, and the space; without one, all of it.
std::string_view take_word(std::string_view& line) {
  const size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

// A tag that kernels since 2.6.26 may write.
bool read_tag(std::string_view tag, MountInfo& mount) {
  const bool shared = tag.starts_with("shared:"), slave = tag.starts_with("master:");
  mount.shared = mount.shared || shared;
  mount.propagates = mount.propagates || shared || slave;
  if (tag == "unbindable") return true;
  // Of a peer group: a number.
  const bool group = shared || slave || tag.starts_with("propagate_from:");
  uint64_t number = 0;
  return group && read_number(tag.substr(tag.find(':') + 1), number) && number <= INT_MAX;
}

}  // namespace

bool MountInfo::has(const std::string& option) const {
  for (const auto& word : split(options, ',')) {
    if (word == option) return true;
  }
  return false;
}

// ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [TAG...] - TYPE SOURCE TYPE-OPTIONS
std::optional<MountInfo> parse_mountinfo_line(std::string_view line) {
  MountInfo mount;
  // The kernel escapes a tab, and libmount takes it for a blank.
  mount.known = line.find('\t') == std::string_view::npos;
  if (!read_number(take_word(line), mount.id) || !read_number(take_word(line), mount.parent)) {
    return std::nullopt;
  }
  // The kernel counts them in an int, and libmount reads one.
  if (std::max(mount.id, mount.parent) > INT_MAX) mount.known = false;
  mount.device = take_word(line);
  mount.root = unescaped(take_word(line), mount.known);
  const std::string_view point = take_word(line);
  mount.point = unescaped(point, mount.known);
  mount.options = take_word(line);
  if (mount.options.find('\\') != std::string::npos) mount.known = false;  // no kernel writes that
  if (mount.root.empty() || !mount.point.starts_with('/') || mount.options.empty()) {
    return std::nullopt;
  }
  for (;;) {
    if (line.empty()) return std::nullopt;
    const std::string_view tag = take_word(line);
    if (tag == "-") break;
    if (!read_tag(tag, mount)) mount.known = false;
  }
  const auto words_left = 1 + std::count(line.begin(), line.end(), ' ');
  mount.type = unescaped(take_word(line), mount.known);
  mount.source = unescaped(take_word(line), mount.known);
  mount.type_options = unescaped(line, mount.known);
  if (words_left < 2) return std::nullopt;
  // Old kernels say "(deleted)" where the mount point was removed.
  if (words_left != 3 || mount.type.empty() || mount.type_options.empty() ||
      point.ends_with("\\040(deleted)")) {
    mount.known = false;
  }
  return mount;
}

std::vector<MountInfo> parse_mountinfo(const std::string& text) {
  std::vector<MountInfo> mounts;
  for (std::string_view rest = text; !rest.empty();) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    if (auto mount = parse_mountinfo_line(rest.substr(0, end))) mounts.push_back(std::move(*mount));
    rest.remove_prefix(std::min(end + 1, rest.size()));
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
