#include "common/base/git_config.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace rind {
namespace {

bool is_alnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }
char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

// git-config(1), "Syntax". Each function returns false for text that git would reject.
class Parser {
 public:
  explicit Parser(const std::string& text) : text_(text) {
    if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;
  }

  bool run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n' || is_blank(c)) {
        ++at_;
      } else if (c == '#' || c == ';') {
        skip_line();
      } else if (c == '[') {
        ++at_;
        if (!read_section()) return false;
      } else if (!read_entry()) {
        return false;
      }
    }
    return true;
  }
  std::vector<GitEntry> take() { return std::move(entries_); }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\n'; }
  void skip_line() { at_ = std::min(text_.find('\n', at_), text_.size()); }
  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }

  bool read_section() {
    section_.clear();
    subsection_.reset();
    while (is_alnum(peek()) || peek() == '-' || peek() == '.') section_ += lower(text_[at_++]);
    if (section_.empty()) return false;
    // The old form: [section.subsection]
    if (const size_t dot = section_.find('.'); dot != std::string::npos) {
      subsection_ = section_.substr(dot + 1);
      section_.resize(dot);
    }
    skip_blanks();
    if (peek() == '"' && !read_subsection()) return false;
    if (peek() != ']') return false;
    ++at_;
    return true;
  }

  bool read_subsection() {
    std::string name;
    for (++at_; peek() != '"'; ++at_) {
      if (peek() == '\\') ++at_;
      if (at_ >= text_.size() || text_[at_] == '\n') return false;
      name += text_[at_];
    }
    ++at_;
    subsection_ = subsection_ ? *subsection_ + "." + name : name;
    return true;
  }

  bool read_entry() {
    if (section_.empty() || std::isalpha(static_cast<unsigned char>(peek())) == 0) return false;
    GitEntry entry{section_, subsection_, "", std::nullopt};
    while (is_alnum(peek()) || peek() == '-') entry.name += lower(text_[at_++]);
    skip_blanks();
    if (peek() == '=') {
      ++at_;
      entry.value.emplace();
      if (!read_value(*entry.value)) return false;
    } else if (peek() != '\n') {
      return false;
    }
    entries_.push_back(std::move(entry));
    return true;
  }

  bool read_escape(std::string& value) {
    ++at_;
    if (peek() == '\r') ++at_;
    switch (peek()) {
      case '\n':
        break;  // the value continues in the next line
      case 't':
        value += '\t';
        break;
      case 'n':
        value += '\n';
        break;
      case 'b':
        value += '\b';
        break;
      case '"':
      case '\\':
        value += text_[at_];
        break;
      default:
        return false;
    }
    ++at_;
    return true;
  }

  bool read_value(std::string& value) {
    bool quoted = false;
    size_t kept = 0;  // without trailing blanks
    skip_blanks();
    while (at_ < text_.size() && text_[at_] != '\n') {
      const char c = text_[at_];
      if (!quoted && (c == '#' || c == ';')) {
        skip_line();
        break;
      }
      if (c == '\\') {
        if (!read_escape(value)) return false;
        kept = value.size();
        continue;
      }
      ++at_;
      if (c == '"') {
        quoted = !quoted;
        kept = value.size();
        continue;
      }
      value += c;
      if (quoted || !is_blank(c)) kept = value.size();
    }
    value.resize(kept);
    return !quoted;
  }

  const std::string& text_;
  size_t at_ = 0;
  std::string section_;
  std::optional<std::string> subsection_;
  std::vector<GitEntry> entries_;
};

std::string escaped(const std::string& text, bool value) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (value && c == '\n') {
      out += "\\n";
    } else if (value && c == '\t') {
      out += "\\t";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::optional<std::vector<GitEntry>> parse_git_config(const std::string& text) {
  Parser parser(text);
  if (!parser.run()) return std::nullopt;
  return parser.take();
}

std::string format_git_config(const std::vector<GitEntry>& entries) {
  std::string out, section;
  for (const auto& entry : entries) {
    std::string head = "[" + entry.section;
    if (entry.subsection) head += " \"" + escaped(*entry.subsection, false) + "\"";
    head += "]\n";
    if (head != section) out += head;
    section = head;
    out += "\t" + entry.name;
    if (entry.value) out += " = \"" + escaped(*entry.value, true) + "\"";
    out += "\n";
  }
  return out;
}

}  // namespace rind
