#include "common/base/json_skip.h"

namespace rind {
namespace {

// Moves over values without reading them. A text with faults ends the move anywhere.
class Skipper {
 public:
  explicit Skipper(std::string_view text) : text_(text) {}

  size_t at() const { return at_; }

  // From an object to the value of its first member of this name.
  bool enter(std::string_view name) {
    if (!take('{')) return false;
    while (next() == '"') {
      const size_t begin = at_ + 1;
      string();
      const bool found = text_.substr(begin, at_ - begin - 1) == name;
      if (!take(':')) return false;
      next();
      if (found) return true;
      value();
      if (!take(',')) return false;
    }
    return false;
  }

  void value() {
    size_t open = 0;
    do {
      switch (next()) {
        case '{':
        case '[':
          ++open;
          ++at_;
          break;
        case '}':
        case ']':
          if (open > 0) --open;
          ++at_;
          break;
        case '"':
          string();
          break;
        case ',':
        case ':':
          ++at_;
          break;
        default:
          word();
      }
    } while (open > 0 && at_ < text_.size());
  }

 private:
  // The next character that is no white space; NUL at the end.
  char next() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char c) {
    if (next() != c) return false;
    ++at_;
    return true;
  }
  void string() {
    do {
      at_ = text_.find('"', at_ + 1);
    } while (at_ != std::string_view::npos && is_escaped());
    at_ = at_ == std::string_view::npos ? text_.size() : at_ + 1;
  }
  // An odd number of backslashes is before this character.
  bool is_escaped() const {
    size_t begin = at_;
    while (text_[begin - 1] == '\\') --begin;
    return (at_ - begin) % 2 == 1;
  }
  // A number, true, false or null.
  void word() {
    while (at_ < text_.size() && !is_blank(text_[at_]) &&
           std::string_view("{}[]\",:").find(text_[at_]) == std::string_view::npos) {
      ++at_;
    }
  }
  static bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

std::string without_json_value(std::string text, const std::vector<std::string_view>& keys) {
  Skipper skipper(text);
  for (const std::string_view key : keys) {
    if (!skipper.enter(key)) return text;
  }
  const size_t begin = skipper.at();
  skipper.value();
  return text.replace(begin, skipper.at() - begin, "null");
}

}  // namespace rind
