// Values as bytes, for a reader that must be quick: a value is one byte, eight bytes, or a length
// and its content. The writer and the reader are programs of the same machine.
//
// What a type consists of is said once, by a function `fields(archive, value)` that passes each
// field to archive(...). Both sides call it.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/base/error.h"

namespace rind {

// T, or const T: `fields` takes either.
template <typename T, typename U>
concept Packed = std::is_same_v<std::remove_const_t<T>, U>;

// How many values an enumeration has: 0 to N - 1. Specialised where its type is packed.
template <typename E>
inline constexpr uint8_t kPackedValues = 0;

class PackedWriter {
 public:
  template <typename... T>
  void operator()(const T&... values) {
    (put(values), ...);
  }
  std::string take() { return std::move(bytes_); }

 private:
  void put_number(uint64_t value, size_t size) {
    for (size_t i = 0; i < size; ++i) bytes_ += static_cast<char>(value >> (8 * i) & 0xFFU);
  }
  void put(bool value) { put_number(value ? 1 : 0, 1); }
  void put(unsigned value) { put_number(value, 4); }
  void put(uint64_t value) { put_number(value, 8); }
  void put(const std::string& value) {
    put(static_cast<unsigned>(value.size()));
    bytes_ += value;
  }
  template <typename T>
  void put(const std::vector<T>& values) {
    put(static_cast<unsigned>(values.size()));
    for (const auto& value : values) put(value);
  }
  template <typename K, typename V>
  void put(const std::map<K, V>& values) {
    put(static_cast<unsigned>(values.size()));
    for (const auto& value : values) put(value);
  }
  template <typename K, typename V>
  void put(const std::pair<K, V>& value) {
    put(value.first);
    put(value.second);
  }
  template <typename T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  template <typename T>
  void put(const T& value) {
    if constexpr (std::is_enum_v<T>) {
      static_assert(kPackedValues<T> > 0);
      put_number(static_cast<uint64_t>(value), 1);
    } else {
      fields(*this, value);
    }
  }

  std::string bytes_;
};

// Reads what PackedWriter wrote. Throws Error where the bytes end too early, or where a value
// cannot have been written.
class PackedReader {
 public:
  // origin: for messages. Both must outlive the reader.
  PackedReader(std::string_view bytes, std::string_view origin) : left_(bytes), origin_(origin) {}

  template <typename... T>
  void operator()(T&... values) {
    (get(values), ...);
  }
  // Throws Error unless everything was read.
  void finish() const {
    if (!left_.empty()) throw damaged();
  }

 private:
  Error damaged() const {
    return Error("read " + std::string(origin_), "it is damaged", "recreate the container");
  }
  std::string_view take(size_t size) {
    if (size > left_.size()) throw damaged();
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }
  uint64_t get_number(size_t size) {
    uint64_t value = 0;
    const std::string_view bytes = take(size);
    for (size_t i = 0; i < size; ++i) {
      value |= static_cast<uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    }
    return value;
  }
  // Of things that have at least one byte each.
  size_t get_count() {
    const uint64_t count = get_number(4);
    if (count > left_.size()) throw damaged();
    return static_cast<size_t>(count);
  }
  void get(bool& value) {
    const uint64_t byte = get_number(1);
    if (byte > 1) throw damaged();
    value = byte == 1;
  }
  void get(unsigned& value) { value = static_cast<unsigned>(get_number(4)); }
  void get(uint64_t& value) { value = get_number(8); }
  void get(std::string& value) { value = std::string(take(get_count())); }
  void get(std::vector<std::string>& values) {
    const size_t count = get_count();
    values.clear();
    values.reserve(count);
    for (size_t i = 0; i < count; ++i) values.emplace_back(take(get_count()));
  }
  template <typename T>
  void get(std::vector<T>& values) {
    values.resize(get_count());
    for (auto& value : values) get(value);
  }
  template <typename K, typename V>
  void get(std::map<K, V>& values) {
    values.clear();
    for (size_t left = get_count(); left > 0; --left) {
      std::pair<K, V> value;
      get(value);
      // The writer's order; so a key that is there twice is refused, too.
      if (!values.empty() && !(values.rbegin()->first < value.first)) throw damaged();
      values.emplace_hint(values.end(), std::move(value));
    }
  }
  template <typename K, typename V>
  void get(std::pair<K, V>& value) {
    get(value.first);
    get(value.second);
  }
  template <typename T>
  void get(std::optional<T>& value) {
    bool has = false;
    get(has);
    if (!has) return value.reset();
    get(value.emplace());
  }
  template <typename T>
  void get(T& value) {
    if constexpr (std::is_enum_v<T>) {
      static_assert(kPackedValues<T> > 0);
      const uint64_t number = get_number(1);
      if (number >= kPackedValues<T>) throw damaged();
      value = static_cast<T>(number);
    } else {
      fields(*this, value);
    }
  }

  std::string_view left_;
  std::string_view origin_;
};

}  // namespace rind
