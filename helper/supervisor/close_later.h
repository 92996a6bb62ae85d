// Closing descriptors without waiting for what that does to their files.
#pragma once

#include <vector>

#include "common/base/fd.h"

namespace rind {

// Closes removed directories. At the last close of a removed directory, the file system frees its
// blocks, and with the mount option discard ext4 waits for the disk: 50 us for each directory, and
// milliseconds on a busy disk. This returns before that where it can: it leaves the descriptors to
// a socket that no process can reach, and the kernel closes them. Never throws.
void close_later(std::vector<Fd> directories) noexcept;

}  // namespace rind
