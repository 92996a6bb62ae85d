#include "helper/step/query.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "common/base/text.h"

namespace rind {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::string trimmed(std::string_view text) {
  constexpr const char* kSpace = " \t\r\f\v";
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(kSpace) - first + 1));
}

// Returns the code without comments, and with "" for each string literal. Collects the literals.
std::string without_strings(const std::string& text, std::vector<std::string>& strings) {
  std::string code;
  for (size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '#') {
      at = std::min(text.find('\n', at), text.size());
      continue;
    }
    if (c == '\\' && at + 1 < text.size() && text[at + 1] == '\n') {
      at += 2;
      continue;
    }
    if (c != '\'' && c != '"') {
      code += c;
      ++at;
      continue;
    }
    const std::string quotes =
        text.compare(at, 3, std::string(3, c)) == 0 ? std::string(3, c) : std::string(1, c);
    size_t end = at + quotes.size();
    while (end < text.size() && text.compare(end, quotes.size(), quotes) != 0) {
      end += text[end] == '\\' ? 2 : 1;
    }
    end = std::min(end, text.size());
    strings.push_back(text.substr(at + quotes.size(), end - at - quotes.size()));
    code += "\"\"";
    at = end + quotes.size();
  }
  return code;
}

// Names with which a program finds installed packages, or runs what it finds.
constexpr std::array<std::string_view, 21> kOfPackages = {"metadata",
                                                          "importlib_metadata",
                                                          "importlib_resources",
                                                          "pkg_resources",
                                                          "pkgutil",
                                                          "find_spec",
                                                          "find_loader",
                                                          "import_module",
                                                          "entry_points",
                                                          "iter_modules",
                                                          "walk_packages",
                                                          "exec",
                                                          "eval",
                                                          "execfile",
                                                          "listdir",
                                                          "scandir",
                                                          "iterdir",
                                                          "glob",
                                                          "iglob",
                                                          "rglob",
                                                          "addpackage"};

// Names with which a program changes files, reads from them or from standard input, starts other
// programs, or tells its working directory.
constexpr std::array<std::string_view, 73> kOfFiles = {
    "open",         "read_text",  "read_bytes", "write_text", "write_bytes", "stdin",
    "system",       "popen",      "execl",      "execle",     "execlp",      "execv",
    "execve",       "execvp",     "execvpe",    "spawnl",     "spawnle",     "spawnlp",
    "spawnlpe",     "spawnv",     "spawnve",    "spawnvp",    "spawnvpe",    "posix_spawn",
    "posix_spawnp", "getcwd",     "getcwdb",    "cwd",        "chdir",       "input",
    "raw_input",    "__stdin__",  "fdopen",     "FileIO",     "read",        "readinto",
    "mkdir",        "makedirs",   "rmdir",      "removedirs", "rename",      "renames",
    "remove",       "unlink",     "symlink",    "symlink_to", "hardlink_to", "link_to",
    "touch",        "chmod",      "lchmod",     "chown",      "lchown",      "utime",
    "truncate",     "mkfifo",     "mknod",      "connect",    "basicConfig", "FileHandler",
    "fwalk",        "run_setup",  "copy_tree",  "copy_file",  "move_file",   "mkpath",
    "make_archive", "fileConfig", "FileType",   "LZMAFile",   "setxattr",    "removexattr",
    "link"};

// Names with which a program looks at a path, which may be one of its working directory.
constexpr std::array<std::string_view, 25> kOfPaths = {
    "exists",  "lexists",  "isfile",     "isdir",   "islink",   "ismount",  "is_file",
    "is_dir",  "is_mount", "is_symlink", "getsize", "getatime", "getmtime", "getctime",
    "stat",    "lstat",    "access",     "walk",    "readlink", "samefile", "realpath",
    "abspath", "relpath",  "resolve",    "absolute"};

template <typename Names>
bool has_word_of(const Names& names, const std::string& code) {
  for (size_t at = 0; at < code.size();) {
    if (!is_word(code[at])) {
      ++at;
      continue;
    }
    size_t end = at;
    while (end < code.size() && is_word(code[end])) ++end;
    const std::string_view word(code.data() + at, end - at);
    if (std::find(names.begin(), names.end(), word) != names.end()) return true;
    at = end;
  }
  return false;
}

// The code without calls of platform.system(), which starts nothing as os.system() does.
std::string without_platform(std::string code) {
  constexpr std::string_view kCall = "platform.system";
  for (size_t at = code.find(kCall); at != std::string::npos; at = code.find(kCall, at)) {
    code.erase(at, kCall.size());
  }
  return code;
}

// True for a literal that is a path below the working directory; one that begins with a place to
// fill in may be any.
bool is_relative(const std::string& literal) {
  return literal.empty() || std::string_view("/{%").find(literal[0]) == std::string_view::npos;
}

// True where one of `names` is called with a relative literal: exists("a"), walk(r"."). `literals`
// are those of the code in their order, where each is "".
template <typename Names>
bool calls_with_relative(const Names& names, const std::string& code,
                         const std::vector<std::string>& literals) {
  size_t literal = 0;
  for (size_t at = code.find("\"\""); at != std::string::npos; at = code.find("\"\"", at + 2)) {
    const std::string& text = literals[literal++];
    size_t end = at;
    while (end > 0 && std::isalpha(static_cast<unsigned char>(code[end - 1])) != 0)
      --end;  // r"..."
    while (end > 0 && std::isspace(static_cast<unsigned char>(code[end - 1])) != 0) --end;
    if (end == 0 || code[end - 1] != '(' || !is_relative(text)) continue;
    size_t begin = --end;
    while (begin > 0 && is_word(code[begin - 1])) --begin;
    const std::string_view called(code.data() + begin, end - begin);
    if (std::find(names.begin(), names.end(), called) != names.end()) return true;
  }
  return false;
}

// The word that ends before `end` in the code, blanks aside.
std::string_view word_before(const std::string& code, size_t end) {
  while (end > 0 && std::isspace(static_cast<unsigned char>(code[end - 1])) != 0) --end;
  size_t begin = end;
  while (begin > 0 && is_word(code[begin - 1])) --begin;
  return std::string_view(code).substr(begin, end - begin);
}

// The variables that are set to a relative literal: name = "setup.py".
std::vector<std::string_view> relative_variables(const std::string& code,
                                                 const std::vector<std::string>& literals) {
  std::vector<std::string_view> variables;
  size_t literal = 0;
  for (size_t at = code.find("\"\""); at != std::string::npos; at = code.find("\"\"", at + 2)) {
    const std::string& text = literals[literal++];
    size_t end = at;
    while (end > 0 && std::isalpha(static_cast<unsigned char>(code[end - 1])) != 0) --end;  // r"x"
    while (end > 0 && std::isspace(static_cast<unsigned char>(code[end - 1])) != 0) --end;
    const bool set = end > 1 && code[end - 1] == '=' &&
                     std::string_view("=!<>+").find(code[end - 2]) == std::string_view::npos;
    const std::string_view name = set ? word_before(code, end - 1) : std::string_view();
    if (!name.empty() && !text.empty() && is_relative(text)) variables.push_back(name);
  }
  return variables;
}

// True where one of `names` is called with such a variable: exists(name).
template <typename Names>
bool calls_with_variable(const Names& names, const std::string& code,
                         const std::vector<std::string_view>& variables) {
  for (size_t at = code.find('('); at != std::string::npos; at = code.find('(', at + 1)) {
    const std::string_view called = word_before(code, at);
    if (std::find(names.begin(), names.end(), called) == names.end()) continue;
    size_t end = at + 1;
    while (end < code.size() && is_word(code[end])) ++end;
    const std::string_view argument = std::string_view(code).substr(at + 1, end - at - 1);
    if (std::find(variables.begin(), variables.end(), argument) != variables.end()) return true;
  }
  return false;
}

// Names with which a program loads or imports what a path names.
constexpr std::array<std::string_view, 4> kLoads = {"CDLL", "PyDLL", "LoadLibrary", "addsitedir"};

// True where a program uses a path of its working directory.
bool uses_relative(const std::string& code, const std::vector<std::string>& literals) {
  constexpr std::array<std::string_view, 2> kMakesPath = {"Path", "join"};
  if (calls_with_relative(kLoads, code, literals)) return true;
  if (calls_with_variable(kOfPaths, code, relative_variables(code, literals))) return true;
  return has_word_of(kOfPaths, code) && (calls_with_relative(kOfPaths, code, literals) ||
                                         calls_with_relative(kMakesPath, code, literals) ||
                                         code.find("Path()") != std::string::npos);
}

void add_imports(const std::string& statement, std::vector<std::string>& imports) {
  const bool from = statement.starts_with("from ");
  if (!from && !statement.starts_with("import ")) return;
  std::string names = statement.substr(from ? 5 : 7);
  if (from) {
    const size_t end = names.find(" import");
    if (end == std::string::npos) return;
    names = names.substr(0, end);
  }
  for (const auto& name : split(names, ',')) {
    const std::string module = trimmed(name);
    imports.push_back(module.substr(0, module.find_first_of(" \t")));
  }
}

// Adds the imports of a line: statements after `;`, and after `:` as in `if x: import y`.
void add_line(const std::string& line, std::vector<std::string>& imports) {
  for (const auto& part : split(line, ';')) {
    const std::string whole = trimmed(part);
    add_imports(whole, imports);
    for (size_t at = whole.find(':'); at != std::string::npos; at = whole.find(':', at + 1)) {
      add_imports(trimmed(std::string_view(whole).substr(at + 1)), imports);
    }
  }
}

// Adds the imports by `__import__` of a literal. Returns false for any other argument: the module
// is not known.
bool add_calls(const std::string& text, std::vector<std::string>& imports) {
  constexpr std::string_view kCall = "__import__";
  for (size_t at = text.find(kCall); at != std::string::npos; at = text.find(kCall, at + 1)) {
    const size_t open = at + kCall.size();
    if (open + 1 >= text.size() || text[open] != '(') return false;
    const char quote = text[open + 1];
    const size_t end = text.find(quote, open + 2);
    if ((quote != '\'' && quote != '"') || end == std::string::npos) return false;
    imports.push_back(text.substr(open + 2, end - open - 2));
  }
  return true;
}

constexpr std::array<std::string_view, 61> kAboutInterpreter = {"__future__",  "_distutils_hack",
                                                                "_tkinter",    "abc",
                                                                "argparse",    "ast",
                                                                "base64",      "builtins",
                                                                "codecs",      "collections",
                                                                "contextlib",  "copy",
                                                                "ctypes",      "dataclasses",
                                                                "datetime",    "decimal",
                                                                "distutils",   "encodings",
                                                                "enum",        "errno",
                                                                "fractions",   "functools",
                                                                "gc",          "getopt",
                                                                "hashlib",     "io",
                                                                "itertools",   "json",
                                                                "keyword",     "locale",
                                                                "logging",     "lzma",
                                                                "marshal",     "math",
                                                                "ntpath",      "numbers",
                                                                "operator",    "os",
                                                                "pathlib",     "platform",
                                                                "posixpath",   "pprint",
                                                                "random",      "re",
                                                                "site",        "socket",
                                                                "sqlite3",     "ssl",
                                                                "string",      "struct",
                                                                "sys",         "sysconfig",
                                                                "textwrap",    "time",
                                                                "tkinter",     "traceback",
                                                                "types",       "typing",
                                                                "unicodedata", "warnings",
                                                                "zlib"};

bool has_control_character(const std::string& line) {
  return std::any_of(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

}  // namespace

ProgramText read_program(const std::string& text) {
  ProgramText program;
  const std::string code = without_strings(text, program.strings);
  program.uses_files =
      has_word_of(kOfFiles, without_platform(code)) || uses_relative(code, program.strings);
  program.looks_at_paths = has_word_of(kOfPaths, code);
  program.looks_at_packages = has_word_of(kOfPackages, code) || !add_calls(text, program.imports);
  for (const auto& line : split(code, '\n')) add_line(line, program.imports);
  return program;
}

bool is_about_interpreter(const std::string& module) {
  if (module == "importlib.machinery" || module == "importlib.util") return true;
  const std::string top = module.substr(0, module.find('.'));
  return std::find(kAboutInterpreter.begin(), kAboutInterpreter.end(), top) !=
         kAboutInterpreter.end();
}

std::vector<std::string> files_of_module(const std::string& module) {
  std::string path = module;
  std::replace(path.begin(), path.end(), '.', '/');
  return {path + ".py", path + "/__init__.py"};
}

EnvironmentConfig read_environment_config(const std::string& text) {
  EnvironmentConfig config;
  for (const auto& whole : split(text, '\n')) {
    const std::string line = trimmed(whole);
    // Readers disagree on which control characters end a line.
    if (line.empty() || has_control_character(line)) continue;
    const size_t equals = line.find('=');
    if (equals == std::string::npos) continue;
    std::string key = trimmed(std::string_view(line).substr(0, equals));
    std::transform(key.begin(), key.end(), key.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    // An interpreter strips Unicode blanks, too: it reads "\u00a0home" as `home`.
    const bool ascii = std::all_of(key.begin(), key.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (!ascii) continue;
    if (key == "home") {
      config.homes.push_back(trimmed(std::string_view(line).substr(equals + 1)));
    } else if (key.substr(0, key.find_first_of(" \t")) != "home") {
      config.others += line + "\n";
    }
  }
  return config;
}

}  // namespace rind
