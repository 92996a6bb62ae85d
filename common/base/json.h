// Strict JSON: what is read is checked key by key, and an error names the key's path.
//
// nlohmann/json does the parsing. It is used without its stream operators (the helper has no
// iostream), and duplicate keys, which it would silently merge, are an error here.
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
#include "common/base/json_fwd.h"
#include "common/base/names.h"

namespace rind {

// Parses one JSON text. origin: a file's name, for messages.
// Throws Error on a syntax error (with its place), a duplicate key, or nesting deeper than 64.
Json parse_json(const std::string& text, const std::string& origin);

// Opens and parses a file that we trust. limit: bytes.
Json read_json_file(const std::string& path, size_t limit);

// A JSON object that is read key by key. finish() (or the destructor's caller) refuses keys that
// nobody asked for. Each getter throws Error naming origin and key path, and what was expected.
class JsonObject {
 public:
  // value: must outlive this object. path: the key path so far, "" at the top.
  JsonObject(const Json& value, std::string origin, std::string path = {});

  bool has(const std::string& key) const { return value_.contains(key); }
  std::string string(const std::string& key);
  bool boolean(const std::string& key);
  // An integer within [min, max].
  uint64_t integer(const std::string& key, uint64_t min, uint64_t max);
  std::vector<std::string> strings(const std::string& key);
  // One of `choices`.
  std::string choice(const std::string& key, const std::vector<std::string>& choices);
  // The value that `table` has for one of its names.
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
  // All keys, for objects whose keys are data; each counts as asked for.
  std::vector<std::string> keys();
  // Throws when a key is left that nobody asked for.
  void finish() const;

  // An Error that names this object's `key`.
  Error wrong(const std::string& key, const std::string& expected) const;
  std::string path_to(const std::string& key) const;
  const std::string& origin() const { return origin_; }

 private:
  const Json& value_;
  std::string origin_, path_;
  std::set<std::string> asked_;
};

// `value` as the strings of an array. path: for messages.
std::vector<std::string> json_strings(const Json& value, const std::string& origin,
                                      const std::string& path);

}  // namespace rind
