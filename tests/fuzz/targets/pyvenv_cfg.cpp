// pyvenv.cfg: no other reader finds another interpreter in it.
#include <algorithm>
#include <cctype>

#include "helper/step/python_command.h"
#include "helper/step/query.h"
#include "tests/fuzz/property.h"

namespace rind::fuzz {
namespace {

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

// As CPython's getpath.py and site.py read a line: the key without blanks, in lower case.
std::string key_of(const std::string& line) {
  std::string key = line.substr(0, line.find('='));
  while (!key.empty() && is_space(key.back())) key.pop_back();
  key.erase(key.begin(), std::find_if_not(key.begin(), key.end(), is_space));
  for (char& c : key) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return key;
}

}  // namespace

void fuzz_pyvenv_cfg(std::string_view input) {
  const std::string text(input);
  const EnvironmentConfig config = read_environment_config(text);
  for (const auto& line : split(config.others, '\n')) {
    require(key_of(line) != "home", "no reader takes another line for home");
    require(std::none_of(line.begin(), line.end(),
                         [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t'; }),
            "no line has another in it");
  }
  if (!config.homes.empty()) {
    const EnvironmentConfig again =
        read_environment_config("home = " + config.homes[0] + "\n" + config.others);
    require(again.homes == std::vector<std::string>{config.homes[0]},
            "a written file has its one home");
    require(again.others == config.others, "a written file has its other lines");
  }
  base_programs(text, "python3");
}

}  // namespace rind::fuzz
