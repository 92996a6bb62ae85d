#include "common/base/json_scan.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "common/base/utf8.h"

namespace rind {
namespace {

using Text = std::string_view;

constexpr int kMostNesting = 60;

// The keys of an object that is not stored: a duplicate is a fault there, too.
class Keys {
 public:
  // False when the object has `key` already.
  bool add(Text key) {
    if (!many_.empty()) return many_.insert(key).second;
    if (std::find(few_.begin(), few_.end(), key) != few_.end()) return false;
    few_.push_back(key);
    constexpr size_t kFew = 24;
    if (few_.size() > kFew) many_.insert(few_.begin(), few_.end());
    return true;
  }

 private:
  std::vector<Text> few_;
  std::set<Text> many_;
};

class Scanner {
 public:
  Scanner(Text text, JsonSkip skip)
      : at_(text.data()), end_(text.data() + text.size()), skip_(skip) {}

  bool document(Json& value) {
    blanks();
    if (!this->value(&value, {}, 0)) return false;
    blanks();
    return at_ == end_;
  }

 private:
  void blanks() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) ++at_;
  }

  bool take(char expected) {
    if (at_ == end_ || *at_ != expected) return false;
    ++at_;
    return true;
  }

  bool take_word(Text word) {
    if (!Text(at_, static_cast<size_t>(end_ - at_)).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  // value: nullptr to check without storing. path: of an object's member at the top, for skip_.
  bool value(Json* value, Text path, int nesting) {
    if (at_ == end_) return false;
    switch (*at_) {
      case '{':
        return nesting < kMostNesting && object(value, path, nesting);
      case '[':
        return nesting < kMostNesting && array(value, nesting);
      case '"':
        return string(value);
      case 't':
        return word(value, "true", true);
      case 'f':
        return word(value, "false", false);
      case 'n':
        return word(value, "null", nullptr);
      default:
        return number(value);
    }
  }

  template <typename Constant>
  bool word(Json* value, Text text, Constant constant) {
    if (!take_word(text)) return false;
    if (value != nullptr) *value = constant;
    return true;
  }

  bool object(Json* value, Text path, int nesting) {
    Keys keys;
    Json::object_t* members = nullptr;
    if (value != nullptr) {
      *value = Json::object();
      members = value->get_ptr<Json::object_t*>();
    }
    take('{');
    blanks();
    if (take('}')) return true;
    do {
      blanks();
      Text key;
      if (!plain_string(key)) return false;
      blanks();
      if (!take(':')) return false;
      blanks();
      const bool skipped = value != nullptr && nesting < 2 && is_skipped(path, key, nesting);
      Json* member = nullptr;
      // A key that is stored is compared by the map, one that is not by `keys`.
      if (members != nullptr && !skipped) {
        const auto [place, added] = members->emplace(key, nullptr);
        if (!added) return false;
        member = &place->second;
      } else if (!keys.add(key)) {
        return false;
      }
      if (!this->value(member, nesting == 0 ? key : Text(), nesting + 1)) return false;
      blanks();
    } while (take(','));
    return take('}');
  }

  bool is_skipped(Text path, Text key, int nesting) const {
    return std::any_of(skip_.begin(), skip_.end(), [&](Text name) {
      if (nesting == 0) return name == key;
      return name.size() == path.size() + 1 + key.size() && name.starts_with(path) &&
             name[path.size()] == '.' && name.ends_with(key);
    });
  }

  bool array(Json* value, int nesting) {
    Json::array_t* elements = nullptr;
    if (value != nullptr) {
      *value = Json::array();
      elements = value->get_ptr<Json::array_t*>();
    }
    take('[');
    blanks();
    if (take(']')) return true;
    do {
      blanks();
      Json* element = elements != nullptr ? &elements->emplace_back() : nullptr;
      if (!this->value(element, {}, nesting + 1)) return false;
      blanks();
    } while (take(','));
    return take(']');
  }

  // Moves behind the next character of a string that is not an ordinary one.
  struct Run {
    bool ascii = true, plain = true;
  };
  bool run_to_quote(Text& raw, Run& run) {
    if (!take('"')) return false;
    const char* begin = at_;
    while (at_ != end_ && *at_ != '"') {
      const auto byte = static_cast<unsigned char>(*at_++);
      if (byte < 0x20) return false;
      if (byte >= 0x80) run.ascii = false;
      if (byte != '\\') continue;
      run.plain = false;
      if (at_++ == end_) return false;
    }
    if (at_ == end_) return false;
    raw = Text(begin, static_cast<size_t>(at_ - begin));
    ++at_;
    return run.ascii || is_utf8(std::string(raw));
  }

  bool plain_string(Text& text) {
    Run run;
    return run_to_quote(text, run) && run.plain;
  }

  bool string(Json* value) {
    Text raw;
    Run run;
    if (!run_to_quote(raw, run)) return false;
    if (run.plain) {
      if (value != nullptr) *value = std::string(raw);
      return true;
    }
    std::string text;
    if (!unescape(raw, text)) return false;
    if (value != nullptr) *value = std::move(text);
    return true;
  }

  static bool unescape(Text raw, std::string& text) {
    for (size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] != '\\') {
        text += raw[i];
        continue;
      }
      ++i;
      if (raw[i] == 'u') {
        if (!append_code(raw.substr(i + 1, 4), text)) return false;
        i += 4;
        continue;
      }
      constexpr Text kNames = "\"\\/bfnrt", kCharacters = "\"\\/\b\f\n\r\t";
      const size_t known = kNames.find(raw[i]);
      if (known == Text::npos) return false;
      text += kCharacters[known];
    }
    return true;
  }

  // digits: the four of \uXXXX.
  static bool append_code(Text digits, std::string& text) {
    unsigned code = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (digits.size() != 4 || error != std::errc() || end != digits.data() + 4) return false;
    if (code >= 0xd800 && code < 0xe000) return false;
    if (code < 0x80) {
      text += static_cast<char>(code);
    } else if (code < 0x800) {
      text += static_cast<char>(0xc0 | code >> 6);
      text += static_cast<char>(0x80 | (code & 0x3f));
    } else {
      text += static_cast<char>(0xe0 | code >> 12);
      text += static_cast<char>(0x80 | (code >> 6 & 0x3f));
      text += static_cast<char>(0x80 | (code & 0x3f));
    }
    return true;
  }

  // A whole number that fits.
  bool number(Json* value) {
    const char* begin = at_;
    const bool negative = take('-');
    const char* digits = at_;
    while (at_ != end_ && *at_ >= '0' && *at_ <= '9') ++at_;
    if (at_ == digits || (*digits == '0' && (negative || at_ - digits > 1))) return false;
    if (at_ != end_ && (*at_ == '.' || *at_ == 'e' || *at_ == 'E')) return false;
    return negative ? store<int64_t>(value, begin) : store<uint64_t>(value, begin);
  }

  template <typename Number>
  bool store(Json* value, const char* begin) {
    Number number = 0;
    if (std::from_chars(begin, at_, number).ec != std::errc()) return false;
    if (value != nullptr) *value = number;
    return true;
  }

  const char* at_;
  const char* const end_;
  const JsonSkip skip_;
};

}  // namespace

std::optional<Json> scan_json(std::string_view text, JsonSkip skip) {
  std::optional<Json> value(std::in_place);
  if (!Scanner(text, skip).document(*value)) value.reset();
  return value;
}

}  // namespace rind
