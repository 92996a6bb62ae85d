#include "helper/supervisor/git_config.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

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

bool has_control_character(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t';
  });
}

// SECTION.NAME, and SECTION.*.NAME for any subsection.
constexpr std::array<std::string_view, 76> kInert = {"core.repositoryformatversion",
                                                     "core.filemode",
                                                     "core.bare",
                                                     "core.logallrefupdates",
                                                     "core.ignorecase",
                                                     "core.precomposeunicode",
                                                     "core.symlinks",
                                                     "core.autocrlf",
                                                     "core.eol",
                                                     "core.safecrlf",
                                                     "core.abbrev",
                                                     "core.quotepath",
                                                     "core.compression",
                                                     "core.loosecompression",
                                                     "core.untrackedcache",
                                                     "core.preloadindex",
                                                     "core.multipackindex",
                                                     "core.commitgraph",
                                                     "core.sharedrepository",
                                                     "core.checkstat",
                                                     "core.trustctime",
                                                     "core.fsync",
                                                     "core.longpaths",
                                                     "core.sparsecheckout",
                                                     "core.sparsecheckoutcone",
                                                     "core.bigfilethreshold",
                                                     "core.warnambiguousrefs",
                                                     "core.packedgitlimit",
                                                     "core.packedgitwindowsize",
                                                     "extensions.objectformat",
                                                     "extensions.compatobjectformat",
                                                     "extensions.refstorage",
                                                     "extensions.noop",
                                                     "extensions.preciousobjects",
                                                     "extensions.worktreeconfig",
                                                     "extensions.relativeworktrees",
                                                     "index.version",
                                                     "index.threads",
                                                     "index.sparse",
                                                     "user.name",
                                                     "user.email",
                                                     "user.useconfigonly",
                                                     "author.name",
                                                     "author.email",
                                                     "committer.name",
                                                     "committer.email",
                                                     "init.defaultbranch",
                                                     "color.ui",
                                                     "status.showuntrackedfiles",
                                                     "gc.auto",
                                                     "gc.autodetach",
                                                     "maintenance.auto",
                                                     "pack.threads",
                                                     "feature.manyfiles",
                                                     "pull.rebase",
                                                     "pull.ff",
                                                     "push.default",
                                                     "merge.ff",
                                                     "fetch.prune",
                                                     "diff.renames",
                                                     "diff.renamelimit",
                                                     "diff.algorithm",
                                                     "commit.gpgsign",
                                                     "tag.gpgsign",
                                                     "rerere.enabled",
                                                     "protocol.version",
                                                     "lfs.repositoryformatversion",
                                                     "branch.*.remote",
                                                     "branch.*.merge",
                                                     "branch.*.rebase",
                                                     "remote.*.url",
                                                     "remote.*.fetch",
                                                     "remote.*.tagopt",
                                                     "submodule.*.url",
                                                     "submodule.*.active",
                                                     "submodule.*.branch"};

// `name::rest` runs git-remote-name; a leading dash may be read as an option.
bool is_plain_location(const std::string& value) {
  return value.find("::") == std::string::npos && !value.starts_with('-');
}

std::string key_of(const GitEntry& entry) {
  const std::string middle = entry.subsection ? "." + *entry.subsection : "";
  return entry.section + middle + "." + entry.name;
}

std::vector<GitEntry> select(const std::vector<GitEntry>& entries, bool inert) {
  std::vector<GitEntry> out;
  std::copy_if(entries.begin(), entries.end(), std::back_inserter(out),
               [&](const GitEntry& entry) { return is_inert(entry) == inert; });
  return out;
}

void add_difference(std::vector<std::string>& keys, const std::vector<GitEntry>& some,
                    const std::vector<GitEntry>& others) {
  for (const auto& entry : some) {
    const std::string key = key_of(entry);
    const bool same = std::find(others.begin(), others.end(), entry) != others.end();
    if (!same && std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  }
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

bool is_inert(const GitEntry& entry) {
  const std::string value = entry.value.value_or("");
  if (has_control_character(value) || has_control_character(entry.subsection.value_or(""))) {
    return false;
  }
  const std::string key = entry.section + (entry.subsection ? ".*." : ".") + entry.name;
  if (key == "submodule.*.update") {
    return value == "checkout" || value == "rebase" || value == "merge" || value == "none";
  }
  if (std::find(kInert.begin(), kInert.end(), key) == kInert.end()) return false;
  const bool location = entry.name == "url" || entry.name == "remote";
  return !location || is_plain_location(value);
}

MendedConfig mend_git_config(const std::optional<std::string>& before, const std::string& after) {
  const auto left = parse_git_config(after);
  const auto had = parse_git_config(before.value_or(""));
  if (!had) return {*before, {"all of it"}};
  if (!left) return {before.value_or(""), {"all of it"}};
  const std::vector<GitEntry> was = select(*had, false), is = select(*left, false);
  // Always write it again: git must read exactly what was parsed here.
  if (was == is) return {format_git_config(*left), {}};
  MendedConfig mended;
  add_difference(mended.keys, is, was);
  add_difference(mended.keys, was, is);
  if (mended.keys.empty()) mended.keys.push_back(key_of(was.empty() ? is[0] : was[0]));
  std::vector<GitEntry> entries = was;
  for (auto& entry : select(*left, true)) entries.push_back(std::move(entry));
  mended.text = format_git_config(entries);
  return mended;
}

}  // namespace rind
