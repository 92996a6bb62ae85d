#include "hook/container/selinux.h"

#include <fcntl.h>

#include <algorithm>

#include "common/base/sys.h"
#include "common/base/text.h"

namespace rind::hook {

std::string label_for(const Config& config) {
  // Nothing is read for the many containers of hosts without SELinux.
  if (config.mount_label.empty()) return {};
  constexpr size_t kLimit = 1024 * 1024;
  const bool enabled = enables_selinux(sys::read_file("/proc/filesystems", kLimit));
  return enabled ? config.mount_label : std::string();
}

bool enables_selinux(const std::string& filesystems) {
  // A line a type, "nodev" and a tab before it. The kernel registers selinuxfs only where SELinux
  // was not disabled at boot.
  const auto lines = split(filesystems, '\n');
  return std::find(lines.begin(), lines.end(), "nodev\tselinuxfs") != lines.end();
}

MountOptions labelled(MountOptions options, const std::string& label) {
  // By fsconfig(2), so that the comma between categories needs no quotes.
  if (!label.empty()) options.emplace_back("context", label);
  return options;
}

}  // namespace rind::hook
