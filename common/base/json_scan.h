// Reads the JSON that programs write, several times as fast as nlohmann/json's parser.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/json_fwd.h"

namespace rind {

// Members that are checked like the rest, but not stored: "KEY" of the top object, or "KEY.KEY".
using JsonSkip = std::initializer_list<std::string_view>;

// The value of `text`, as parse_json() returns it, without the members in `skip`. Nothing for a
// text that this function does not understand, which is not always a fault: numbers with a fraction
// or an exponent, escaped surrogates, escapes in keys, a byte order mark, and nesting of more
// than 60.
std::optional<Json> scan_json(std::string_view text, JsonSkip skip = {});

}  // namespace rind
