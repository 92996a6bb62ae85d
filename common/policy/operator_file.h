// A file of the policy, and what two of the operator's files must not do to each other.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "common/base/json_error.h"
#include "common/base/json_fwd.h"

namespace rind {

// The object in a file of a policy, without the key "$schema", by which editors find the schema.
// Throws Error.
Json read_policy_file(const std::string& file);

// The lists that the operator's files have set so far. A patch replaces a whole list: without this
// check, a file could silently drop the entries of an earlier file, for example from `hide`.
class SetLists {
 public:
  // Remembers the lists of `patch`. Throws Error when a list lacks an entry of an earlier file.
  void take(const Json& patch, const std::string& file) { walk(patch, {}, file); }

 private:
  struct List {
    std::string file;
    SharedJson entries;
  };

  void walk(const Json& value, const JsonPath& path, const std::string& file);
  void require_all(const Json& entries, const JsonPath& path, const std::string& file) const;

  std::map<std::string, List> lists_;
};

}  // namespace rind
