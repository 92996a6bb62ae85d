// /etc/passwd of an image. The first line is the uid.
#include "helper/facts/passwd.h"

#include <charconv>

#include "tests/fuzz/property.h"

namespace rind::fuzz {

void fuzz_passwd(std::string_view input) {
  const std::string text(input);
  unsigned uid = 0;
  std::from_chars(text.data(), text.data() + text.size(), uid);
  const auto home = home_field(text, uid);
  if (!home) return;
  require(home->size > 0 && home->at + home->size <= text.size(), "a home is a part of the text");
  require(text.substr(home->at, home->size).find_first_of(":\n") == std::string::npos,
          "a home is one field");
}

}  // namespace rind::fuzz
