// A part of a JSON text that nobody reads, taken out before the text is parsed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rind {

// The text with null for the value that `keys`, of one object within the other, lead to: parsing a
// long value takes time, moving over it hardly any. A text that lacks it, or in which another fault
// comes first, is returned as it is. Faults within the value are gone with it.
std::string without_json_value(std::string text, const std::vector<std::string_view>& keys);

}  // namespace rind
