// Times and amounts in records and on the command line, and how people read them. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace rind::hook {

// A time in UTC, in milliseconds since 1970: "2026-08-05", "2026-08-05T12:30", "2026-08-05
// 12:30:59.250Z".
std::optional<int64_t> parse_time(const std::string& text);
// A duration in milliseconds: a number with s, m, h, d or w: "90s", "12h", "7d".
std::optional<int64_t> parse_duration(const std::string& text);
// Bytes: a number, with K, M, G or T (powers of 1024) or without.
std::optional<uint64_t> parse_size(const std::string& text);

// "2026-08-05 12:30:59"
std::string time_text(int64_t milliseconds);
// "4 ms", "1.2 s", "3 min 20 s", "2 h 5 min"
std::string duration_text(double seconds);
// "512 B", "1.5 MiB"
std::string size_text(uint64_t bytes);

}  // namespace rind::hook
