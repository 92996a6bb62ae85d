#include "hook/check/check_toml.h"

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
// An assertion of toml++ does not hold: `[.a]` reaches the end of it, or clang takes for granted
// that there is no such text. Behind each of them stands the error that is right.
#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(expression) static_assert(true)
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

#include "common/base/error.h"

namespace rind::hook {
namespace {

toml::table parse(const std::string& text, const std::string& origin) {
  toml::parse_result result = toml::parse(text, origin);
  if (result) return std::move(result).table();
  const auto& error = result.error();
  throw Error(
      "read " + origin,
      "line " + std::to_string(error.source().begin.line) + ": " + std::string(error.description()),
      "fix the file: engines that read it start no container");
}

Error wrong(const std::string& origin, const std::string& table, const std::string& key,
            const std::string& expected) {
  return Error("read " + origin, table + "." + key + " is not " + expected, "fix the file");
}

}  // namespace

void LayeredList::lay_over(const std::string& text, const std::string& origin,
                           const std::string& table, const std::string& key) {
  const toml::table top = parse(text, origin);
  const auto node = top.at_path(table)[key];
  if (!node) return;
  const toml::array* array = node.as_array();
  if (array == nullptr) throw wrong(origin, table, key, "a list");
  std::vector<std::string> values;
  for (const toml::node& element : *array) {
    if (const auto text_value = element.value<std::string>()) {
      values.push_back(*text_value);
    } else if (const toml::table* attributes = element.as_table()) {
      append_ = (*attributes)["append"].value_or(append_);
    } else {
      throw wrong(origin, table, key, "a list of strings");
    }
  }
  if (append_) values.insert(values.begin(), values_.begin(), values_.end());
  values_ = std::move(values);
  origin_ = origin;
}

std::optional<std::string> toml_string(const std::string& text, const std::string& origin,
                                       const std::string& table, const std::string& key) {
  const toml::table top = parse(text, origin);
  const auto node = top.at_path(table)[key];
  if (!node) return std::nullopt;
  if (!node.is_string()) throw wrong(origin, table, key, "a string");
  return node.value<std::string>();
}

}  // namespace rind::hook
