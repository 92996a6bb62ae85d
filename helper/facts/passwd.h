// The home directory in /etc/passwd (passwd(5)). Pure.
#pragma once

#include <optional>
#include <string>

namespace rind {

// A part of a text.
struct TextPart {
  size_t at = 0, size = 0;
};

// The home directory of the first user with this uid that has one. passwd: the text of /etc/passwd.
std::optional<TextPart> home_field(const std::string& passwd, unsigned uid);

}  // namespace rind
