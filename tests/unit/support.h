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
LoadedPolicy loaded_with(const char* patch);
Policy default_policy();

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

// A directory of a test's own, removed at its end with all that is in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string at(const std::string& name) const { return path_ + "/" + name; }
  // Writes a file anew, with the directories above it; returns its path.
  std::string write(const std::string& name, const std::string& text) const;

 private:
  std::string path_;
};

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace rind::test
