// Reads single keys of the engines' configuration: containers.conf(5) and crio.conf(5).
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace rind::hook {

// A list of strings in containers.conf. A later file replaces the list, unless that file or an
// earlier one has {append = true} in the list.
class LayeredList {
 public:
  explicit LayeredList(std::vector<std::string> defaults) : values_(std::move(defaults)) {}

  // Applies the file's value at `table` (dotted, e.g. "crio.runtime") and `key`, if it has one.
  // text: TOML. Throws an Error that names `origin` when the text is not TOML, or the value is not
  // a list of strings.
  void lay_over(const std::string& text, const std::string& origin, const std::string& table,
                const std::string& key);

  const std::vector<std::string>& values() const { return values_; }
  // The file that set the list last; "" for the default.
  const std::string& origin() const { return origin_; }

 private:
  std::vector<std::string> values_;
  std::string origin_;
  bool append_ = false;
};

// The string at `table` and `key`; nothing when the key is missing. Throws as lay_over.
std::optional<std::string> toml_string(const std::string& text, const std::string& origin,
                                       const std::string& table, const std::string& key);

}  // namespace rind::hook
