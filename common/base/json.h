// Strict JSON: readers check every key, and an error names the key's path.
//
// nlohmann/json does the parsing. Its stream operators are disabled (the helper has no iostream).
// It would silently merge duplicate keys; here they are an error.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <nlohmann/json.hpp>  // JSON_NO_IO is defined for the whole build
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/error.h"
#include "common/base/json_error.h"
#include "common/base/json_fwd.h"
#include "common/base/names.h"

namespace rind {

// Parses one JSON text. origin: a file's name, for messages.
// Throws Error on a syntax error, a NUL, a duplicate key, or nesting deeper than kMaxJsonDepth; it
// names ORIGIN:LINE:COLUMN (common/base/json_text.h).
Json parse_json(const std::string& text, const std::string& origin);

// Opens and parses a file that we trust. limit: bytes.
Json read_json_file(const std::string& path, size_t limit);

// A JSON object that is read key by key. Each getter throws a JsonError that names the origin, the
// key path and the expected value. finish() refuses keys that no getter read.
class JsonObject {
 public:
  // value: must outlive this object. path: of `value`, empty at the top level.
  JsonObject(const Json& value, std::string origin, JsonPath path = {});

  bool has(const std::string& key) const;
  std::string string(const std::string& key);
  bool boolean(const std::string& key);
  // An integer within [min, max].
  uint64_t integer(const std::string& key, uint64_t min, uint64_t max);
  std::vector<std::string> strings(const std::string& key);
  // One of `choices`.
  std::string choice(const std::string& key, const std::vector<std::string>& choices);
  // The value in `table` for the key's string, which must be one of its names.
  template <typename E, size_t N>
  E choice(const std::string& key, const Name<E> (&table)[N]) {
    std::vector<std::string> names;
    for (const auto& entry : table) names.emplace_back(entry.second);
    const std::string chosen = choice(key, names);
    return std::find_if(std::begin(table), std::end(table),
                        [&](const Name<E>& entry) { return chosen == entry.second; })
        ->first;
  }
  JsonObject object(const std::string& key);
  const Json& any(const std::string& key);
  // All keys, for objects whose keys are data; each counts as read.
  std::vector<std::string> keys();
  // Throws JsonError when a key was not read.
  void finish() const;

  // A JsonError that names `key` of this object, its value, and the expected value. remedy: empty
  // for one that follows from the value, if there is one.
  JsonError wrong(const std::string& key, const std::string& expected,
                  const std::string& remedy = {}) const;
  // The same for element `index` of the array at `key`.
  JsonError wrong_element(const std::string& key, size_t index, const std::string& expected,
                          const std::string& remedy = {}) const;
  // The value at `key` is a string, and none of `choices`.
  JsonError wrong_choice(const std::string& key, const std::vector<std::string>& choices) const;
  JsonPath path_to(const std::string& key) const { return path_.key(key); }
  const std::string& origin() const { return origin_; }

 private:
  const Json& value_;
  std::string origin_;
  JsonPath path_;
  std::set<std::string> asked_;
  mutable std::vector<std::string> known_;  // asked for by has()
};

// Reads `value` as an array of strings. path: of `value`, for messages.
std::vector<std::string> json_strings(const Json& value, const std::string& origin,
                                      const JsonPath& path);

}  // namespace rind
