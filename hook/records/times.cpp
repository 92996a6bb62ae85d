#include "hook/records/times.h"

#include <array>
#include <chrono>
#include <cstdio>

#include "common/base/text.h"

namespace rind::hook {
namespace {

// Reads numbers and separators from the left.
class Reader {
 public:
  explicit Reader(const std::string& text) : text_(text) {}

  // A number of exactly so many digits.
  std::optional<unsigned> digits(size_t count) {
    unsigned number = 0;
    for (size_t i = 0; i < count; ++i, ++at_) {
      if (done() || !is_digit(text_[at_])) return std::nullopt;
      number = number * 10 + static_cast<unsigned>(text_[at_] - '0');
    }
    return number;
  }
  bool take(char c) {
    if (done() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool done() const { return at_ == text_.size(); }

 private:
  const std::string& text_;
  size_t at_ = 0;
};

std::optional<int64_t> read_date(Reader& reader) {
  const auto year = reader.digits(4);
  if (!year || !reader.take('-')) return std::nullopt;
  const auto month = reader.digits(2);
  if (!month || !reader.take('-')) return std::nullopt;
  const auto day = reader.digits(2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)},
                                         std::chrono::month{*month}, std::chrono::day{*day}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::milliseconds(std::chrono::sys_days(date).time_since_epoch()).count();
}

// The time of the day, up to its end or its Z.
std::optional<int64_t> read_clock(Reader& reader) {
  const auto hour = reader.digits(2);
  if (!hour || *hour > 23 || !reader.take(':')) return std::nullopt;
  const auto minute = reader.digits(2);
  if (!minute || *minute > 59) return std::nullopt;
  int64_t out = (static_cast<int64_t>(*hour) * 60 + *minute) * 60'000;
  if (!reader.take(':')) return out;
  const auto second = reader.digits(2);
  if (!second || *second > 60) return std::nullopt;  // 60: a leap second
  out += static_cast<int64_t>(*second) * 1000;
  if (!reader.take('.')) return out;
  const auto milliseconds = reader.digits(3);
  if (!milliseconds) return std::nullopt;
  return out + *milliseconds;
}

struct Unit {
  char name;
  uint64_t factor;
};

// NUMBER or NUMBER and a unit; the product must be below 2^60.
template <size_t N>
std::optional<uint64_t> read_amount(const std::string& text, const std::array<Unit, N>& units) {
  constexpr size_t kMostDigits = 15;
  const size_t end = text.find_first_not_of("0123456789");
  if (end == 0 || text.empty() || (end == std::string::npos ? text.size() : end) > kMostDigits) {
    return std::nullopt;
  }
  const std::string unit = end == std::string::npos ? "" : text.substr(end);
  const uint64_t number = std::stoull(text.substr(0, end));
  for (const auto& known : units) {
    if (unit != (known.name == 0 ? std::string() : std::string(1, known.name))) continue;
    if (number > (uint64_t{1} << 60) / known.factor) return std::nullopt;
    return number * known.factor;
  }
  return std::nullopt;
}

template <typename... Values>
std::string format(const char* how, Values... values) {
  char text[64];
  std::snprintf(text, sizeof text, how, values...);
  return text;
}

}  // namespace

std::optional<int64_t> parse_time(const std::string& text) {
  Reader reader(text);
  const auto date = read_date(reader);
  if (!date || reader.done()) return date;
  if (!reader.take('T') && !reader.take(' ')) return std::nullopt;
  const auto clock = read_clock(reader);
  if (!clock) return std::nullopt;
  reader.take('Z');
  return reader.done() ? std::optional<int64_t>(*date + *clock) : std::nullopt;
}

std::optional<int64_t> parse_duration(const std::string& text) {
  static constexpr std::array<Unit, 5> kUnits = {
      {{'s', 1000}, {'m', 60'000}, {'h', 3'600'000}, {'d', 86'400'000}, {'w', 604'800'000}}};
  const auto amount = read_amount(text, kUnits);
  return amount ? std::optional<int64_t>(static_cast<int64_t>(*amount)) : std::nullopt;
}

std::optional<uint64_t> parse_size(const std::string& text) {
  static constexpr std::array<Unit, 5> kUnits = {{{0, 1},
                                                  {'K', uint64_t{1} << 10},
                                                  {'M', uint64_t{1} << 20},
                                                  {'G', uint64_t{1} << 30},
                                                  {'T', uint64_t{1} << 40}}};
  return read_amount(text, kUnits);
}

std::string time_text(int64_t milliseconds) {
  using std::chrono::days, std::chrono::seconds, std::chrono::sys_seconds;
  const sys_seconds second{std::chrono::floor<seconds>(std::chrono::milliseconds(milliseconds))};
  const auto day = std::chrono::floor<days>(second);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{second - day};
  return format("%04d-%02u-%02u %02d:%02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
}

std::string duration_text(double seconds) {
  if (seconds < 0.9995) return format("%.0f ms", seconds * 1000);
  if (seconds < 9.95) return format("%.1f s", seconds);
  const auto whole = static_cast<long long>(seconds + 0.5);
  if (whole < 60) return format("%lld s", whole);
  if (whole < 3600) return format("%lld min %lld s", whole / 60, whole % 60);
  return format("%lld h %lld min", whole / 3600, whole % 3600 / 60);
}

std::string size_text(uint64_t bytes) {
  static constexpr const char* kNames[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  constexpr double kStep = 1024, kTooWide = 999.5, kTwoDigits = 9.95;
  if (bytes < 1000) return format("%llu B", static_cast<unsigned long long>(bytes));
  double value = static_cast<double>(bytes) / kStep;
  size_t at = 0;
  for (; value >= kTooWide && at + 1 < std::size(kNames); ++at) value /= kStep;
  return format(value < kTwoDigits ? "%.1f %s" : "%.0f %s", value, kNames[at]);
}

}  // namespace rind::hook
