#include "hook/default_policy.h"

#include <string_view>

#include "common/kit/flat.h"
#include "hook/embedded_defaults.h"

namespace rind::hook {
namespace {

template <size_t Size>
std::string_view text(const unsigned char (&bytes)[Size]) {
  return {reinterpret_cast<const char*>(bytes), Size};
}

}  // namespace

Policy default_policy() {
  return kit::read_flat_policy(text(kDefaultPolicy), "the built-in defaults");
}

Policy default_rules() {
  return kit::read_flat_rules(text(kDefaultPolicy), "the built-in defaults");
}

std::string default_document() { return std::string(text(kDefaultDocument)); }

}  // namespace rind::hook
