// Closing descriptors without waiting for what that does to their files.
#pragma once

#include <vector>

#include "common/base/fd.h"

namespace rind {

// Closes descriptors whose last close takes long, and returns before that where it can: it leaves
// them to a socket that no process can reach, and the kernel closes them. Never throws.
//
// - A removed directory: the file system frees its blocks, and with the mount option discard ext4
//   waits for the disk: 50 us for each directory, and milliseconds on a busy disk.
// - The last file of an overlay that is mounted nowhere: the kernel waits for all processors.
void close_later(std::vector<Fd> descriptors) noexcept;

// The same when this process has ended, and not before.
void close_after_exit(std::vector<Fd> descriptors) noexcept;

}  // namespace rind
