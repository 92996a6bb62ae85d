#include "hook/container/mount_table.h"

#include <sys/sysmacros.h>

#include <charconv>
#include <string_view>

#include "common/base/error.h"
#include "common/base/mount.h"
#include "common/base/mountinfo.h"

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

}  // namespace

std::optional<MountEntries> known_mount_table(const std::string& mount_info) {
  MountEntries entries;
  for (std::string_view rest = mount_info; !rest.empty();) {
    const std::optional<std::string_view> line = take(rest, '\n');
    std::optional<MountInfo> mount;
    if (line) mount = parse_mountinfo_line(*line);
    dev_t device = 0;
    if (!mount || !mount->known || !read_device(mount->device, device)) return std::nullopt;
    entries.push_back({mount->id, device, std::move(mount->type), std::move(mount->root),
                       std::move(mount->point), std::move(mount->type_options),
                       attributes_of(mount->options), mount->shared});
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
