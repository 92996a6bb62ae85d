// JSON: what is accepted has no fault, and says the same when it is written again.
#include "common/base/json.h"

#include "common/base/json_text.h"
#include "tests/fuzz/property.h"

namespace rind::fuzz {

void fuzz_json(std::string_view input) {
  const std::string text(input);
  const auto fault = find_json_fault(text);
  Json value;
  if (!accepts([&] { value = parse_json(text, "input"); })) return;
  require(!fault, "accepted JSON has no fault");
  require(text.find('\0') == std::string::npos, "accepted JSON has no NUL");
  require(parse_json(value.dump(), "again") == value, "written JSON is the value");
}

}  // namespace rind::fuzz
