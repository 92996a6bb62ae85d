#include "common/base/json_text.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "common/base/error.h"
#include "common/base/text.h"
#include "common/base/utf8.h"

namespace rind {
namespace {

constexpr const char* kByteOrderMark = "\xef\xbb\xbf";

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

// What people write for JSON's three words and for numbers that it lacks.
struct Word {
  const char* written;
  const char* meant;
};
constexpr Word kWords[] = {{"true", "true"}, {"yes", "true"},       {"on", "true"},
                           {"no", "false"},  {"false", "false"},    {"off", "false"},
                           {"null", "null"}, {"none", "null"},      {"nil", "null"},
                           {"nan", ""},      {"undefined", "null"}, {"infinity", ""}};

// A typographic quote.
bool is_typographic(uint32_t code) { return code >= 0x2018 && code <= 0x201f; }
bool is_odd_space(uint32_t code) {
  return code == 0xa0 || (code >= 0x2000 && code <= 0x200b) || code == 0x202f || code == 0x3000 ||
         code == 0xfeff;
}

class Scanner {
 public:
  // wanted: nullptr to look for faults alone.
  explicit Scanner(const std::string& text, const std::vector<std::string>* wanted = nullptr)
      : text_(text), wanted_(wanted) {
    if (text_.starts_with(kByteOrderMark)) at_ = std::strlen(kByteOrderMark);
    begin_ = at_;
  }

  bool scan() {
    if (!first_bytes() || !blank()) return false;
    place_ = at_;
    if (ended()) return fail(at_, "it is empty", "write at least {}");
    return value(0) && blank() && after_all();
  }

  JsonFault fault() const { return {place_of(fault_at_), why_, remedy_}; }
  JsonPlace place() const { return {place_of(place_), found_}; }

 private:
  bool ended() const { return at_ >= text_.size(); }
  // The character at `at`; NUL at the end.
  char peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool follows(const char* word) const { return text_.compare(at_, std::strlen(word), word) == 0; }

  TextPlace place_of(size_t offset) const {
    TextPlace place;
    for (size_t i = begin_; i < offset && i < text_.size(); ++i) {
      const auto byte = static_cast<unsigned char>(text_[i]);
      if (byte == '\n') {
        ++place.line;
        place.column = 1;
      } else if ((byte & 0xc0U) != 0x80) {  // not the rest of a character of several bytes
        ++place.column;
      }
    }
    return place;
  }
  std::string words_of(size_t offset) const {
    const TextPlace place = place_of(offset);
    return "line " + std::to_string(place.line) + ", column " + std::to_string(place.column);
  }

  bool fail(size_t at, std::string why, std::string remedy) {
    fault_at_ = at;
    why_ = std::move(why);
    remedy_ = std::move(remedy);
    return false;
  }

  bool first_bytes() {
    if (text_.starts_with("\xff\xfe") || text_.starts_with("\xfe\xff")) {
      return fail(0, "the file is UTF-16", "save it as UTF-8");
    }
    return true;
  }

  bool after_all() {
    if (ended()) return true;
    if (peek() == '{' || peek() == '[') {
      return fail(at_, "a second JSON value begins here", "keep one value in the file");
    }
    if (peek() == '}' || peek() == ']') {
      return fail(at_, std::string("this ") + peek() + " closes nothing",
                  "remove it, or look for a bracket that was closed too early");
    }
    return fail(at_, "there is more after the end of the JSON value", "remove it");
  }

  // Moves over white space. Says what is wrong with what people write there.
  bool blank() {
    while (!ended() && std::strchr(" \t\r\n", peek()) != nullptr && peek() != '\0') ++at_;
    const bool comment = follows("//") || follows("/*") || follows("#") || follows("<!--");
    if (comment) return fail(at_, "JSON has no comments", "remove the comment");
    const Utf8Character c = ended() ? Utf8Character{} : utf8_at(text_, at_);
    if (c.length > 0 && is_odd_space(c.code)) {
      return fail(at_, "this is no plain space (a no-break space or another Unicode space)",
                  "replace it by a space");
    }
    return true;
  }

  // `wanted` matches the path so far, and the next of its keys is `key`.
  bool is_next(size_t depth, const std::string& key) const {
    return wanted_ != nullptr && on_way_ && depth == found_ && depth < wanted_->size() &&
           (*wanted_)[depth] == key;
  }
  // Remembers the place of a key or element on the way to what is wanted.
  bool enter(size_t depth, const std::string& key, size_t at) {
    if (!is_next(depth, key)) return false;
    place_ = at;
    ++found_;
    return true;
  }

  bool value(size_t depth) {
    if (depth > static_cast<size_t>(kMaxJsonDepth)) {
      return fail(at_, "it is nested deeper than " + std::to_string(kMaxJsonDepth) + " levels",
                  "use fewer brackets in each other");
    }
    const char c = peek();
    if (c == '{') return object(depth);
    if (c == '[') return array(depth);
    if (c == '"') return string(nullptr);
    if (c == '-' || is_digit(c)) return number();
    return bad_value();
  }

  bool bad_value() {
    const char c = peek();
    if (ended()) return fail(at_, "the text ends where a value is expected", "add the value");
    if (c == '\'') {
      return fail(at_, "a string in single quotes", "use double quotes: JSON has no others");
    }
    if (c == '+') return fail(at_, "a number with a plus sign", "remove the +");
    if (c == '.') return fail(at_, "a number without a digit before its point", "write 0. before");
    if (c == ',') return fail(at_, "a value is missing before this comma", "add it");
    if (c == '}' || c == ']' || c == ':') {
      return fail(at_, std::string("a value is missing before this ") + c, "add it");
    }
    if (is_letter(c)) return word();
    return bad_character("a value");
  }

  bool bad_character(const std::string& expected) {
    const Utf8Character c = utf8_at(text_, at_);
    if (c.length == 0) {
      return fail(at_, "a byte that is not UTF-8", "save the file as UTF-8");
    }
    if (is_typographic(c.code)) {
      return fail(at_, "a typographic quote", "use plain double quotes: \"");
    }
    return fail(at_,
                "\"" + printable(text_.substr(at_, c.length)) + "\" stands where " + expected +
                    " is expected",
                "remove it");
  }

  std::string word_at() const {
    size_t end = at_;
    while (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]))) ++end;
    return text_.substr(at_, end - at_);
  }

  bool word() {
    const std::string word = word_at();
    if (word == "true" || word == "false" || word == "null") {
      at_ += word.size();
      return true;
    }
    for (const auto& [written, meant] : kWords) {
      if (lower(word) != written) continue;
      if (*meant == '\0') return fail(at_, "JSON has no number " + word, "write a number");
      return fail(at_, "JSON has no word " + word,
                  std::string("write ") + meant + ", or \"" + word + "\" for a string");
    }
    return fail(at_, "the word " + word + " has no quotes", "write \"" + word + "\"");
  }

  bool digits(size_t begin) {
    if (!is_digit(peek())) {
      return fail(begin, "the number is not complete", "write all its digits");
    }
    while (is_digit(peek())) ++at_;
    return true;
  }

  bool number() {
    const size_t begin = at_;
    if (peek() == '-') ++at_;
    if (peek() == '0' && is_digit(peek(1))) {
      return fail(begin, "the number begins with 0", "remove the 0 at its start");
    }
    if (!digits(begin)) return false;
    if (peek() == '.') {
      ++at_;
      if (!digits(begin)) return false;
    }
    if ((peek() == 'e' || peek() == 'E') && !is_letter(peek(1))) {
      at_ += peek(1) == '+' || peek(1) == '-' ? 2 : 1;
      if (!digits(begin)) return false;
    }
    if (!is_letter(peek())) return true;
    const std::string unit = word_at();
    return fail(begin, "letters (" + unit + ") follow the number",
                "write a plain decimal number, without a unit and without _; or quotes around a "
                "string");
  }

  bool hexadecimal(unsigned& code) {
    code = 0;
    for (size_t i = 0; i < 4; ++i) {
      const char c = lower(std::string(1, peek(2 + i)))[0];
      const char* const known = "0123456789abcdef";
      const char* const digit = c == '\0' ? nullptr : std::strchr(known, c);
      if (digit == nullptr) return false;
      code = code * 16 + static_cast<unsigned>(digit - known);
    }
    return true;
  }

  // One escape sequence; moves behind it. Adds its characters to `out`.
  bool escape(std::string& out) {
    const char c = peek(1);
    const char* const known = "\"\\/bfnrt";
    const char* const one = c == '\0' ? nullptr : std::strchr(known, c);
    if (one != nullptr) {
      out += "\"\\/\b\f\n\r\t"[one - known];
      at_ += 2;
      return true;
    }
    unsigned code = 0;
    if (c != 'u') {
      return fail(at_, "a backslash that begins no escape of JSON",
                  R"(write two of them (\\) for one backslash)");
    }
    if (!hexadecimal(code)) {
      return fail(at_, R"(\u without four hexadecimal digits)", "write for example \\u00e4");
    }
    return character(code, out);
  }

  // The character of \uCODE at `at_`, which may be a pair of surrogates.
  bool character(uint32_t code, std::string& out) {
    const size_t begin = at_;
    at_ += 6;
    const bool is_high = code >= 0xd800 && code < 0xdc00;
    if (is_high) {
      unsigned low = 0;
      const bool pair = follows("\\u") && hexadecimal(low) && low >= 0xdc00 && low < 0xe000;
      if (pair) {
        at_ += 6;
        code = 0x10000 + ((code - 0xd800) << 10U) + (low - 0xdc00);
      }
      if (!pair) return fail(begin, "half of a pair of \\u escapes", "write the character itself");
    } else if (code >= 0xdc00 && code < 0xe000) {
      return fail(begin, "half of a pair of \\u escapes", "write the character itself");
    }
    append_utf8(code, out);
    return true;
  }

  bool control_character(size_t begin) {
    const char c = peek();
    if (c == '\n' || c == '\r') {
      return fail(begin, "the string has no closing quote on its line",
                  R"(add the quote, or write \n for a line's end in the string)");
    }
    if (c == '\t') return fail(at_, "a tab inside a string", R"(write \t, or a space)");
    return fail(at_, "a control character inside a string", "remove it, or write it as \\u00XX");
  }

  // text: where its characters are put; may be nullptr.
  bool string(std::string* text) {
    const size_t begin = at_++;
    std::string unused;
    std::string& out = text == nullptr ? unused : *text;
    for (;;) {
      if (ended()) return fail(begin, "the string has no closing quote", "add it");
      const char c = peek();
      if (c == '"') {
        ++at_;
        return true;
      }
      if (static_cast<unsigned char>(c) < 0x20) return control_character(begin);
      if (c == '\\') {
        if (!escape(out)) return false;
        continue;
      }
      const Utf8Character character = utf8_at(text_, at_);
      if (character.length == 0) {
        return fail(at_, "a byte that is not UTF-8", "save the file as UTF-8");
      }
      out.append(text_, at_, character.length);
      at_ += character.length;
    }
  }

  bool key(std::string& name) {
    if (peek() == '"') return string(&name);
    if (peek() == '\'') {
      return fail(at_, "a key in single quotes", "use double quotes: JSON has no others");
    }
    if (peek() == ',') return fail(at_, "a comma too many", "remove it");
    if (is_letter(peek())) {
      return fail(at_, "the key " + word_at() + " has no quotes", "write \"" + word_at() + "\"");
    }
    return bad_character("a key in double quotes");
  }

  bool colon(const std::string& name) {
    if (!blank()) return false;
    if (peek() == ':') {
      ++at_;
      return blank();
    }
    if (peek() == '=') {
      return fail(at_, "= after the key \"" + name + "\"",
                  "write a colon (:) between key and value");
    }
    return fail(at_, "no colon after the key \"" + name + "\"", "write \"" + name + "\": VALUE");
  }

  // What follows a member or element: true with `more` for a comma, and without for the end.
  bool next(char close, size_t open, bool& more) {
    const size_t end_of_value = at_;
    if (!blank()) return false;
    more = false;
    const char c = peek();
    if (ended()) return unclosed(close, open);
    if (c == close) {
      ++at_;
      return true;
    }
    if (c == ',') {
      const size_t comma = at_++;
      more = true;
      if (!blank()) return false;
      if (ended()) return unclosed(close, open);
      if (peek() == '}' || peek() == ']') {
        return fail(comma, std::string("a comma before ") + peek(),
                    "remove it: JSON has no comma after the last entry");
      }
      return true;
    }
    if (c == '}' || c == ']') {
      return fail(at_,
                  std::string("this ") + c + " closes the " + (c == '}' ? '[' : '{') + " of " +
                      words_of(open),
                  std::string("write ") + close + ", or close what is open in between");
    }
    if (c == ';') return fail(at_, "a semicolon", "write a comma");
    if (c == ':') return fail(at_, "a colon too many", "remove it");
    return missing_comma(end_of_value);
  }

  bool missing_comma(size_t end_of_value) {
    const Utf8Character c = utf8_at(text_, at_);
    const bool begins = c.length == 1 && (std::strchr("\"'{[-", peek()) != nullptr ||
                                          is_digit(peek()) || is_letter(peek()));
    if (!begins) return bad_character("a comma or the end");
    return fail(at_,
                "a comma is missing before this, after the value that ends in " +
                    words_of(end_of_value > 0 ? end_of_value - 1 : 0),
                "add it");
  }

  bool unclosed(char close, size_t open) {
    return fail(at_,
                std::string("the text ends, and the ") + text_[open] + " of " + words_of(open) +
                    " is not closed",
                std::string("add ") + close);
  }

  // After an opening bracket: true with `closed` when its closing one follows.
  bool open(char close, bool& closed) {
    const size_t begin = at_++;
    if (!blank()) return false;
    if (ended()) return unclosed(close, begin);
    closed = peek() == close;
    if (closed) ++at_;
    return true;
  }

  bool object(size_t depth) {
    const size_t begin = at_;
    bool closed = false;
    if (!open('}', closed)) return false;
    std::map<std::string, size_t> seen;
    for (bool more = !closed; more;) {
      const size_t place = at_;
      std::string name;
      if (!key(name)) return false;
      const auto [earlier, is_new] = seen.emplace(name, place);
      if (!is_new) {
        return fail(
            place, "the key \"" + name + "\" is there twice, first in " + words_of(earlier->second),
            "keep one of the two");
      }
      const bool entered = enter(depth, name, place);
      if (!colon(name) || !value(depth + 1)) return false;
      if (entered) on_way_ = false;  // what follows is not inside
      if (!next('}', begin, more)) return false;
    }
    return true;
  }

  bool array(size_t depth) {
    const size_t begin = at_;
    bool closed = false;
    if (!open(']', closed)) return false;
    size_t index = 0;
    for (bool more = !closed; more; ++index) {
      const bool entered = enter(depth, std::to_string(index), at_);
      if (!value(depth + 1)) return false;
      if (entered) on_way_ = false;
      if (!next(']', begin, more)) return false;
    }
    return true;
  }

  const std::string& text_;
  const std::vector<std::string>* wanted_;
  size_t at_ = 0, begin_ = 0, place_ = 0, found_ = 0, fault_at_ = 0;
  bool on_way_ = true;
  std::string why_, remedy_;
};

}  // namespace

std::string to_string(const TextPlace& place) {
  return std::to_string(place.line) + ":" + std::to_string(place.column);
}

std::optional<JsonFault> find_json_fault(const std::string& text) {
  Scanner scanner(text);
  if (scanner.scan()) return std::nullopt;
  return scanner.fault();
}

JsonPlace find_in_json(const std::string& text, const std::vector<std::string>& keys) {
  Scanner scanner(text, &keys);
  scanner.scan();
  return scanner.place();
}

}  // namespace rind
