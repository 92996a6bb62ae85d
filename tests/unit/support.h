// What the unit tests share.
#pragma once

#include <doctest/doctest.h>

#include <string>

#include "common/base/error.h"
#include "common/policy/policy.h"

namespace rind::test {

// The shipped defaults as a document, to be changed and parsed.
Json default_document();
// The defaults with `patch` laid over them.
inline LoadedPolicy loaded_with(const char* patch) {
  LoadedPolicy loaded;
  loaded.document = default_document();
  loaded.document.merge_patch(parse_json(patch, "patch"));
  loaded.policy = parse_policy(loaded.document, "policy.json");
  return loaded;
}
inline Policy default_policy() { return parse_policy(default_document(), "policy.json"); }

// The message of the Error that `f` throws; "" when it throws none.
template <typename F>
std::string error_of(F f) {
  try {
    f();
  } catch (const Error& e) {
    return e.what();
  }
  return {};
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace rind::test
