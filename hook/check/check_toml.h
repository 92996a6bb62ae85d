// The little that engines' configuration says of hooks: containers.conf(5) and crio.conf(5).
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace rind::hook {

// A list of strings as containers.conf sets it: a later file replaces it, unless it, or an earlier
// one, said {append = true} in the list.
class LayeredList {
 public:
  explicit LayeredList(std::vector<std::string> defaults) : values_(std::move(defaults)) {}

  // Lays the file's value at `table` (dotted, e.g. "crio.runtime") and `key` over what is there,
  // when it has one. text: TOML. Throws Error, naming `origin`, when it is none or the value is no
  // list of strings.
  void lay_over(const std::string& text, const std::string& origin, const std::string& table,
                const std::string& key);

  const std::vector<std::string>& values() const { return values_; }
  // The file that set it last; "" for the default.
  const std::string& origin() const { return origin_; }

 private:
  std::vector<std::string> values_;
  std::string origin_;
  bool append_ = false;
};

// The string at `table` and `key`; nothing when it is not there. Throws Error as above.
std::optional<std::string> toml_string(const std::string& text, const std::string& origin,
                                       const std::string& table, const std::string& key);

}  // namespace rind::hook
