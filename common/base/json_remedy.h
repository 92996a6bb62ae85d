// What to write instead of a wrong value.
#pragma once

#include <string>

#include "common/base/json_fwd.h"

namespace rind {

// `value` as it may stand in a message: on one line, in ASCII, at most 200 characters.
std::string json_text(const Json& value);

// The remedy for `found`. expected: as the message has it, such as "an integer from 1 to 9". Where
// the value shows what was meant (a number in quotes, "2G", a string instead of a list), it is
// printed as it must be written.
std::string remedy_for_json(const Json& found, const std::string& expected);

}  // namespace rind
