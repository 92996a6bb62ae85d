#include "hook/container/mount_table.h"

#include <sys/sysmacros.h>

#include <charconv>
#include <string_view>

#include "common/base/error.h"
#include "common/base/mount.h"

namespace rind::hook {
namespace {

// Takes what stands before the next `separator` in `text`, and the separator. Nothing where there
// is no separator.
std::optional<std::string_view> take(std::string_view& text, char separator) {
  const size_t end = text.find(separator);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end + 1);
  return taken;
}

template <typename Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

bool read_device(std::string_view text, dev_t& device) {
  const std::optional<std::string_view> first = take(text, ':');
  unsigned major = 0, minor = 0;
  if (!first || !read_number(*first, major) || !read_number(text, minor)) return false;
  device = makedev(major, minor);
  return true;
}

// The kernel writes space, tab, newline, '#', and backslash as \ooo. False for any other backslash.
bool unescape(std::string_view text, std::string& out) {
  const auto is_octal = [](char c, char most) { return c >= '0' && c <= most; };
  out.clear();
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    if (i + 3 >= text.size() || !is_octal(text[i + 1], '3') || !is_octal(text[i + 2], '7') ||
        !is_octal(text[i + 3], '7')) {
      return false;
    }
    out +=
        static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + text[i + 3] - '0');
    i += 3;
  }
  return true;
}

// The tags that each kernel since 2.6.26 may write.
bool read_tag(std::string_view tag, MountEntry& entry) {
  if (tag.starts_with("shared:")) entry.shared = true;
  return tag.starts_with("shared:") || tag.starts_with("master:") ||
         tag.starts_with("propagate_from:") || tag == "unbindable";
}

// ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [TAG...] - TYPE SOURCE SUPER-OPTIONS
bool read_line(std::string_view line, MountEntry& entry) {
  std::string_view words[6];
  for (auto& word : words) {
    const std::optional<std::string_view> taken = take(line, ' ');
    if (!taken || taken->empty()) return false;
    word = *taken;
  }
  const auto& [id, parent, device, root, target, options] = words;
  uint64_t parent_id = 0;
  if (!read_number(id, entry.id) || !read_number(parent, parent_id) ||
      !read_device(device, entry.device) || !unescape(root, entry.root) ||
      !unescape(target, entry.target)) {
    return false;
  }
  // Of old kernels, where the mount point was removed.
  if (!target.starts_with('/') || target.ends_with("\\040(deleted)")) return false;
  entry.attributes = attributes_of(std::string(options));
  for (;;) {
    const std::optional<std::string_view> tag = take(line, ' ');
    if (!tag) return false;
    if (*tag == "-") break;
    if (!read_tag(*tag, entry)) return false;
  }
  const std::optional<std::string_view> type = take(line, ' '), source = take(line, ' ');
  if (!type || type->empty() || !source || line.find(' ') != std::string_view::npos) return false;
  return unescape(*type, entry.type) && unescape(line, entry.options);
}

}  // namespace

std::optional<MountEntries> known_mount_table(const std::string& mount_info) {
  MountEntries entries;
  for (std::string_view rest = mount_info; !rest.empty();) {
    const std::optional<std::string_view> line = take(rest, '\n');
    if (!line || !read_line(*line, entries.emplace_back())) return std::nullopt;
  }
  return entries;
}

MountEntries KnownMountTable::list(const std::string& mount_info) const {
  std::optional<MountEntries> entries = known_mount_table(mount_info);
  if (entries) return std::move(*entries);
  throw Error(
      "read a mount table", "a line of it is not as the kernel writes them",
      "start the container again; if that does not help, report it with the kernel's version");
}

uint64_t attributes_of(const std::string& options) {
  uint64_t attributes = 0;
  std::string_view rest = options;
  while (!rest.empty()) {
    const std::string_view all = rest;
    const std::string_view option = take(rest, ',').value_or(all);
    if (option == "ro") attributes |= mnt::kReadOnly;
    if (option == "nosuid") attributes |= mnt::kNoSuid;
    if (option == "nodev") attributes |= mnt::kNoDev;
    if (option == "noexec") attributes |= mnt::kNoExec;
    if (option.size() == all.size()) break;
  }
  return attributes;
}

const MountEntry& find_mount(const MountEntries& table, uint64_t id) {
  for (const auto& entry : table) {
    if (entry.id == id) return entry;
  }
  throw Error("read the container's mount table",
              "it has no mount with the id " + std::to_string(id), "start the container again");
}

}  // namespace rind::hook
