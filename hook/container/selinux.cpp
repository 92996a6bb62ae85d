#include "hook/container/selinux.h"

#include <fcntl.h>

#include <algorithm>

#include "common/base/sys.h"
#include "common/base/text.h"

namespace rind::hook {

std::string label_for(const Config& config) {
  // Hosts without SELinux need not read the file.
  if (config.mount_label.empty()) return {};
  constexpr size_t kLimit = 1024 * 1024;
  const bool enabled = enables_selinux(sys::read_file("/proc/filesystems", kLimit));
  return enabled ? config.mount_label : std::string();
}

bool enables_selinux(const std::string& filesystems) {
  // Each line has one type, after "nodev" and a tab. The kernel registers selinuxfs unless SELinux
  // was disabled at boot.
  const auto lines = split(filesystems, '\n');
  return std::find(lines.begin(), lines.end(), "nodev\tselinuxfs") != lines.end();
}

MountOptions labelled(MountOptions options, const std::string& label) {
  // With fsconfig(2), the comma between categories needs no quotes.
  if (!label.empty()) options.emplace_back("context", label);
  return options;
}

}  // namespace rind::hook
