// The names of an enumeration's values, in one table for both directions.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

namespace rind {

template <typename E>
using Name = std::pair<E, const char*>;

// The name of `value`, which must be in the table.
template <typename E, size_t N>
std::string name_of(const Name<E> (&table)[N], E value) {
  for (const auto& [known, name] : table) {
    if (known == value) return name;
  }
  return "?";
}

}  // namespace rind
