// Times and amounts on the command line.
#include "hook/records/times.h"

#include "tests/fuzz/property.h"

namespace rind::fuzz {

void fuzz_times(std::string_view input) {
  const std::string text(input);
  // Before 1970 there are no records.
  if (const auto time = hook::parse_time(text); time && *time >= 0) {
    const auto again = hook::parse_time(hook::time_text(*time));
    require(again && *again == *time - *time % 1000, "a printed time is the time, in seconds");
  }
  if (const auto duration = hook::parse_duration(text)) {
    require(*duration >= 0, "a duration is not negative");
    hook::duration_text(static_cast<double>(*duration) / 1000);
  }
  if (const auto size = hook::parse_size(text)) hook::size_text(*size);
}

}  // namespace rind::fuzz
