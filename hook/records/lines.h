// A file as lines, read as a stream.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace rind::hook {

// A line of a record is some kilobytes; more than this is none.
inline constexpr size_t kLongestLine = 4 * 1024 * 1024;

// Calls `act` with each line without its end, where it begins, and its number from 1; with nullptr
// for one that is longer than kLongestLine. path: for messages. Throws SysError.
void for_each_line(int file, const std::string& path,
                   const std::function<void(const std::string*, uint64_t, uint64_t)>& act);

}  // namespace rind::hook
