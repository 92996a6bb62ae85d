#include "helper/step/call_paths.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "common/base/text.h"
#include "common/base/utf8.h"
#include "helper/step/query.h"
#include "helper/step/told_paths.h"

namespace rind {
namespace {

constexpr size_t kMost = 256;
constexpr std::string_view kUvsImport = " as backend\n";

bool is_shell(const std::string& program) {
  constexpr std::array<std::string_view, 6> kShells = {"sh", "bash", "dash", "ash", "zsh", "ksh"};
  return std::find(kShells.begin(), kShells.end(), base_name(program)) != kShells.end();
}

// uv imports the back end by the name that the package gives, which may be any text. What follows
// the last of these lines is uv's own.
std::string front_ends_part(const std::string& text) {
  const size_t import = text.rfind(kUvsImport);
  return import == std::string::npos ? text : text.substr(import + kUvsImport.size());
}

// The character that TOML writes as a backslash and this letter.
char escaped_by(char letter) {
  constexpr std::pair<char, char> kLetters[] = {{'b', '\b'}, {'t', '\t'}, {'n', '\n'},
                                                {'f', '\f'}, {'r', '\r'}, {'e', '\x1b'}};
  for (const auto& [from, to] : kLetters) {
    if (letter == from) return to;
  }
  return letter;
}

// The text with TOML's escapes, and its continued lines, replaced by what they stand for. In
// literal strings they stand for nothing else; then more is found than is there.
std::string without_escapes(const std::string& text) {
  std::string plain;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\' || at + 1 == text.size()) {
      plain += text[at];
      continue;
    }
    const char kind = text[++at];
    const size_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
    if (digits != 0 && at + digits < text.size()) {
      const std::string number = text.substr(at + 1, digits);
      const unsigned long code = std::strtoul(number.c_str(), nullptr, 16);
      if (code != 0) append_utf8(static_cast<uint32_t>(code), plain);
      at += digits;
    } else if (std::isspace(static_cast<unsigned char>(kind)) != 0) {
      while (at + 1 < text.size() && std::isspace(static_cast<unsigned char>(text[at + 1])) != 0) {
        ++at;
      }
    } else {
      plain += escaped_by(kind);
    }
  }
  return plain;
}

class Collector {
 public:
  void add(const std::string& path, bool by_text, bool bare = false) {
    const bool known = std::any_of(paths_.begin(), paths_.end(),
                                   [&](const CallPath& other) { return other.path == path; });
    if (!path.empty() && !known && paths_.size() < kMost) paths_.push_back({path, by_text, bare});
  }

  // A word of the command line; before: the word to its left.
  void add_word(const std::string& word, const std::string& before) {
    std::string value = word;
    bool of_option = before.size() > 1 && before[0] == '-';
    if (word.starts_with("--")) {
      const size_t equals = word.find('=');
      if (equals == std::string::npos) return;
      value = word.substr(equals + 1);
      of_option = true;
    } else if (word.size() > 2 && word[0] == '-') {
      value = word.substr(2);  // -oFILE
      of_option = value.find('/') != std::string::npos;
    }
    const bool path = !value.empty() && (value[0] == '/' || value == "." || value == ".." ||
                                         value.find('/') != std::string::npos);
    if (value.find("://") == std::string::npos && value[0] != '-') {
      add(value, false, !path && !of_option);
    }
    if (value.find_first_of(" ;,=:'\"") != std::string::npos) {
      for (const auto& part : paths_in(value)) add(part, false);
    }
  }

  void add_text(const std::string& text) {
    for (const auto& literal : read_program(text).strings) {
      for (const auto& path : paths_in(literal)) add(path, true);
    }
  }

  std::vector<CallPath> take() { return std::move(paths_); }

 private:
  std::vector<CallPath> paths_;
};

}  // namespace

bool is_packages_own_text(const std::string& pyproject, const std::string& path) {
  return path.find('\\') != std::string::npos || pyproject.find(path) != std::string::npos ||
         without_escapes(pyproject).find(path) != std::string::npos;
}

bool is_uvs_text(const PythonCommand& command) {
  return command.what == PythonCommand::What::kText &&
         command.name.find(kUvsImport) != std::string::npos;
}

bool is_uvs_temporary(const std::string& path) {
  for (std::string at = path; at.size() > 1 && at[0] == '/'; at = parent_of(at)) {
    if (base_name(parent_of(at)).starts_with("builds-v")) return true;
  }
  return false;
}

std::vector<CallPath> call_paths(const Call& call, const std::string& program) {
  Collector collector;
  using What = PythonCommand::What;
  const bool python = base_name(call.command[0]).find("python") != std::string::npos;
  if (python && call.python.what != What::kNothing) {
    if (call.python.what == What::kScript) collector.add_word(call.python.name, "");
    std::string before;
    for (const auto& word : call.python.arguments) {
      collector.add_word(word, before);
      before = word;
    }
    if (call.python.what == What::kText) collector.add_text(front_ends_part(call.python.name));
  } else {
    std::string before = call.command[0];
    for (size_t i = 1; i < call.command.size(); ++i) {
      collector.add_word(call.command[i], before);
      if (is_shell(call.command[0]) && before == "-c") {
        for (const auto& path : paths_in(call.command[i])) collector.add(path, false);
      }
      before = call.command[i];
    }
  }
  collector.add_text(program);
  return collector.take();
}

}  // namespace rind
