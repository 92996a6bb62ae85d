#include "hook/records/times.h"

#include "tests/unit/support.h"

using namespace rind::hook;

TEST_CASE("records: times that people and records write, in UTC") {
  constexpr int64_t kNoon = 1785931200000;  // 2026-08-05T12:00:00Z
  CHECK(parse_time("2026-08-05T12:00:00.123Z") == kNoon + 123);
  CHECK(parse_time("2026-08-05T12:00:00Z") == kNoon);
  CHECK(parse_time("2026-08-05 12:00") == kNoon);
  CHECK(parse_time("2026-08-05") == kNoon - 12 * 3'600'000);
  CHECK(parse_time("1969-12-31T23:59:59.999Z") == -1);
  for (const char* wrong :
       {"", "2026", "2026-08-05T", "2026-13-01", "2026-02-29", "2026-08-05T24:00",
        "2026-08-05T12:60", "2026-08-05T12:00:00.12Z", "2026-08-05T12:00:00Zx",
        "2026-08-05T12:00:00+02:00", "12h", "99999-01-01", "2026-8-5", "-026-08-05"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_time(wrong).has_value());
  }
  CHECK(time_text(kNoon + 999) == "2026-08-05 12:00:00");
  CHECK(time_text(-1) == "1969-12-31 23:59:59");
}

TEST_CASE("records: durations and sizes on the command line") {
  CHECK(parse_duration("90s") == 90'000);
  CHECK(parse_duration("2m") == 120'000);
  CHECK(parse_duration("12h") == 43'200'000);
  CHECK(parse_duration("7d") == 604'800'000);
  CHECK(parse_duration("2w") == 1'209'600'000);
  CHECK(parse_size("0") == 0);
  CHECK(parse_size("5G") == uint64_t{5} << 30);
  for (const char* wrong :
       {"", "h", "12", "1.5h", "-1h", "12 h", "12hh", "9999999999999999h", "999999999999999w"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_duration(wrong).has_value());
  }
  for (const char* wrong : {"", "G", "1GB", "-1", "999999999999999T"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_size(wrong).has_value());
  }
}

TEST_CASE("records: amounts as people read them") {
  CHECK(duration_text(0) == "0 ms");
  CHECK(duration_text(0.9994) == "999 ms");
  CHECK(duration_text(0.9999) == "1.0 s");
  CHECK(duration_text(9.96) == "10 s");
  CHECK(duration_text(59.6) == "1 min 0 s");
  CHECK(duration_text(3599.6) == "1 h 0 min");
  CHECK(duration_text(1e9) == "277777 h 46 min");
  CHECK(size_text(999) == "999 B");
  CHECK(size_text(1000) == "1.0 KiB");
  CHECK(size_text(1536) == "1.5 KiB");
  CHECK(size_text(uint64_t{1} << 60) == "1.0 EiB");
  CHECK(size_text((uint64_t{1} << 30) - 1) == "1.0 GiB");
}
