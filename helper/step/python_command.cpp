#include "helper/step/python_command.h"

#include <algorithm>

#include "common/base/glob.h"
#include "common/base/text.h"

namespace rind {
namespace {

std::string trimmed(const std::string& text) {
  const size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// The texts in single or double quotes in a program.
std::vector<std::string> quoted(const std::string& text) {
  std::vector<std::string> found;
  size_t at = 0;
  while ((at = text.find_first_of("'\"", at)) != std::string::npos) {
    const size_t end = text.find(text[at], at + 1);
    if (end == std::string::npos) break;
    found.push_back(text.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  return found;
}

}  // namespace

bool is_own_environment(const std::vector<std::string>& patterns, const std::string& environment) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return glob_match_path(pattern, environment);
  });
}

PythonCommand parse_python_command(const std::vector<std::string>& command) {
  using What = PythonCommand::What;
  PythonCommand parsed;
  size_t i = 1;
  const auto take = [&](What what, std::string name) {
    parsed.what = what;
    parsed.name = std::move(name);
    parsed.arguments.assign(command.begin() + static_cast<std::ptrdiff_t>(i), command.end());
    return parsed;
  };
  for (; i < command.size(); ++i) {
    const std::string& word = command[i];
    if (word.size() < 2 || word[0] != '-') {
      ++i;
      return take(What::kScript, word);
    }
    if (word[1] == '-') {
      if (word == "--check-hash-based-pycs") ++i;  // its value is the next word
      continue;
    }
    // Letters may be joined: -Im MODULE, -IBcTEXT, -Wdefault.
    for (size_t k = 1; k < word.size(); ++k) {
      if (word[k] == 'I') parsed.isolated = true;
      if (word[k] == 'W' || word[k] == 'X') {
        if (k + 1 == word.size()) ++i;
        break;  // the rest of the word is its value
      }
      if (word[k] != 'c' && word[k] != 'm') continue;
      const What what = word[k] == 'c' ? What::kText : What::kModule;
      std::string name = word.substr(k + 1);
      ++i;
      if (name.empty() && i < command.size()) name = command[i++];
      return take(what, std::move(name));
    }
  }
  return parsed;
}

namespace {

// The subcommand of pip among its arguments; "" for none.
std::string pips_command(const std::vector<std::string>& arguments) {
  static constexpr const char* kWithValue[] = {"--log",
                                               "--proxy",
                                               "--retries",
                                               "--timeout",
                                               "--exists-action",
                                               "--cert",
                                               "--cache-dir",
                                               "--client-cert",
                                               "--trusted-host",
                                               "--use-feature",
                                               "--use-deprecated",
                                               "--python",
                                               "--keyring-provider"};
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word.empty() || word[0] != '-') return word;
    const bool takes_next = std::any_of(std::begin(kWithValue), std::end(kWithValue),
                                        [&](const char* option) { return word == option; });
    if (takes_next) ++i;
  }
  return {};
}

// True for pip's commands that look at an environment and change nothing.
bool only_looks(const std::vector<std::string>& arguments) {
  static constexpr const char* kLooking[] = {"",      "list",    "show",      "freeze",
                                             "check", "inspect", "help",      "debug",
                                             "hash",  "config",  "completion"};
  const std::string command = pips_command(arguments);
  // These ask an index.
  const bool asks_index =
      command == "list" && std::any_of(arguments.begin(), arguments.end(), [](const auto& word) {
        return word == "-o" || word == "--outdated" || word == "-u" || word == "--uptodate";
      });
  return !asks_index && std::any_of(std::begin(kLooking), std::end(kLooking),
                                    [&](const char* known) { return command == known; });
}

}  // namespace

// True for `setup.py install` and `setup.py develop`: they write to the environment of their
// interpreter, as pip does.
bool installs_by_setup_py(const PythonCommand& command) {
  const bool setup =
      command.what == PythonCommand::What::kScript && base_name(command.name) == "setup.py";
  return setup &&
         std::any_of(command.arguments.begin(), command.arguments.end(),
                     [](const auto& word) { return word == "install" || word == "develop"; });
}

bool installs(const PythonCommand& command) {
  using What = PythonCommand::What;
  if (installs_by_setup_py(command)) return true;
  if (command.what == What::kModule && command.name == "ensurepip") return true;
  const std::string name = base_name(command.name);
  // `pip --python V/bin/python` executes itself again with that interpreter.
  const bool pip = command.what == What::kModule
                       ? command.name == "pip"
                       : command.what == What::kScript &&
                             (name == "__pip-runner__.py" || name == "pip" || name == "pip3");
  return pip && !only_looks(command.arguments);
}

bool needs_no_index(const PythonCommand& command) {
  if (installs_by_setup_py(command)) return true;
  const auto has = [&](std::initializer_list<const char*> words) {
    return std::any_of(command.arguments.begin(), command.arguments.end(), [&](const auto& word) {
      return std::find(words.begin(), words.end(), word) != words.end();
    });
  };
  const bool by_url =
      std::any_of(command.arguments.begin(), command.arguments.end(), [](const auto& word) {
        return word.find("http://") != std::string::npos ||
               word.find("https://") != std::string::npos;
      });
  if (has({"--no-index"})) return !by_url;
  return has({"--no-build-isolation"}) && has({"--no-deps"}) && names_sources(command);
}

bool names_sources(const PythonCommand& command) {
  if (installs_by_setup_py(command)) return true;
  return std::any_of(command.arguments.begin(), command.arguments.end(), [](const auto& word) {
    return word == "-e" || word == "--editable" || word.starts_with("--editable=") ||
           word == "-r" || word == "--requirement" || word.starts_with("--requirement=") ||
           word.starts_with(".") || word.starts_with("/") || word.starts_with("file:") ||
           word.starts_with("-e.") || word.starts_with("-r");
  });
}

bool is_listed(const std::vector<std::vector<std::string>>& patterns,
               const PythonCommand& command) {
  std::vector<std::string> words;
  if (command.what == PythonCommand::What::kModule) words = {"-m", command.name};
  if (command.what == PythonCommand::What::kScript) words = {base_name(command.name)};
  if (words.empty()) return false;
  words.insert(words.end(), command.arguments.begin(), command.arguments.end());
  return std::any_of(patterns.begin(), patterns.end(), [&](const auto& pattern) {
    const bool open_end = pattern.size() > 1 && pattern.back() == "...";
    const size_t fixed = pattern.size() - (open_end ? 1 : 0);
    if (words.size() < fixed || (!open_end && words.size() != fixed)) return false;
    return std::equal(pattern.begin(), pattern.begin() + static_cast<std::ptrdiff_t>(fixed),
                      words.begin());
  });
}

bool runs_setup_py(const PythonCommand& command) {
  const auto has = [&](const char* text) { return command.name.find(text) != std::string::npos; };
  return command.what == PythonCommand::What::kText && has("setuptools") && has("exec(compile(");
}

std::vector<std::string> named_paths(const PythonCommand& command) {
  std::vector<std::string> paths;
  const auto add = [&](const std::string& text) {
    if (text.size() > 1 && text[0] == '/') paths.push_back(text);
  };
  if (command.what == PythonCommand::What::kScript) add(command.name);
  if (command.what == PythonCommand::What::kText && command.isolated) {
    for (const auto& text : quoted(command.name)) add(text);
  }
  for (const auto& argument : command.arguments) {
    const bool option = argument.rfind("--", 0) == 0;
    const size_t equals = option ? argument.find('=') : std::string::npos;
    add(equals == std::string::npos ? argument : argument.substr(equals + 1));
  }
  return paths;
}

std::vector<std::string> relative_paths(const PythonCommand& command) {
  static constexpr const char* kOptions[] = {"-r", "--requirement", "-c", "--constraint",
                                             "-f", "--find-links",  "-e", "--editable"};
  const auto takes_path = [](const std::string& word) {
    return std::any_of(std::begin(kOptions), std::end(kOptions),
                       [&](const char* option) { return word == option; });
  };
  std::vector<std::string> paths;
  std::string before;
  for (const auto& word : command.arguments) {
    const size_t equals = word.find('=');
    const bool option = !word.empty() && word[0] == '-';
    std::string path = option ? std::string() : word;
    bool named = takes_path(before) || path.find('/') != std::string::npos;
    if (option && equals != std::string::npos && takes_path(word.substr(0, equals))) {
      path = word.substr(equals + 1);
      named = true;
    }
    if (named && !path.empty() && path[0] != '/' && path.find("://") == std::string::npos) {
      paths.push_back(path);
    }
    before = word;
  }
  return paths;
}

std::vector<std::string> base_programs(const std::string& config, const std::string& name) {
  std::vector<std::string> named, by_home;
  for (const auto& line : split(config, '\n')) {
    const size_t equals = line.find('=');
    if (equals == std::string::npos) continue;
    const std::string key = trimmed(line.substr(0, equals));
    const std::string value = trimmed(line.substr(equals + 1));
    if (value.empty() || value[0] != '/') continue;
    if (key == "base-executable" || key == "executable") named.push_back(value);
    if (key != "home") continue;
    for (const char* program : {name.c_str(), "python3", "python"}) {
      by_home.push_back(value + "/" + program);
    }
  }
  named.insert(named.end(), by_home.begin(), by_home.end());
  return named;
}

bool reads_program_from_input(const PythonCommand& command, const std::vector<std::string>& words) {
  // `python --version` reads nothing, and `python -i` runs each line as it comes.
  const auto is_other = [](const std::string& word) {
    return word.starts_with("-V") || word.starts_with("-h") || word.starts_with("--") ||
           (word[0] == '-' && word[1] != 'W' && word[1] != 'X' &&
            word.find('i') != std::string::npos);
  };
  const auto last = words.end() - static_cast<std::ptrdiff_t>(command.arguments.size());
  if (std::any_of(words.begin() + 1, last,
                  [&](const auto& word) { return !word.empty() && is_other(word); })) {
    return false;
  }
  return command.what == PythonCommand::What::kNothing ||
         (command.what == PythonCommand::What::kScript &&
          (command.name == "-" || command.name == "/dev/stdin"));
}

}  // namespace rind
