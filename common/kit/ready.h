// What the kit has ready for every step, so that no step has to make it.
//
//   /dev/rind/ready/directory   an empty directory \ what a step sees
//   /dev/rind/ready/file        an empty file      / instead of a hidden path
//   /dev/rind/ready/dev-NAMES   a /dev with the devices NAMES: their nodes, the links and the mount
//                               points that every step's /dev has
//
// All of it is read-only, and belongs to the container's root. A step gets clones of it.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace rind::kit {

inline constexpr const char* kReady = "/dev/rind/ready";
inline constexpr const char* kEmptyDirectory = "/dev/rind/ready/directory";
inline constexpr const char* kEmptyFile = "/dev/rind/ready/file";

// The path of the ready /dev with exactly these devices; "" where the kit has none of that kind:
// its name would be ambiguous or too long. Pure.
std::string ready_devices(std::vector<std::string> names);

// The links of every step's /dev: name and target.
inline constexpr std::pair<const char*, const char*> kDeviceLinks[] = {
    {"fd", "/proc/self/fd"},
    {"stdin", "/proc/self/fd/0"},
    {"stdout", "/proc/self/fd/1"},
    {"stderr", "/proc/self/fd/2"},
    {"ptmx", "pts/ptmx"}};
// The mount points of every step's /dev, and the one that views add to the ready one.
inline constexpr const char* kDevicePoints[] = {"pts", "mqueue"};
inline constexpr const char* kSharedMemory = "shm";

}  // namespace rind::kit
