#include "helper/step/call.h"

#include <algorithm>
#include <utility>

#include "common/base/text.h"
#include "helper/step/hooks.h"

namespace rind {

Call::Call(std::vector<std::string> command_words, std::vector<std::string> variables,
           bool through_interpreter, std::string environment_of_interpreter)
    : command(std::move(command_words)),
      environment(std::move(variables)),
      by_interpreter(through_interpreter),
      interpreter_environment(std::move(environment_of_interpreter)),
      hook(hook_call(command)),
      pip_wheel(pip_wheel_call(command)),
      python(parse_python_command(command)),
      installs(!hook && rind::installs(python)) {}

std::optional<std::string> variable(const std::vector<std::string>& environment,
                                    const std::string& name) {
  for (const auto& entry : environment) {
    if (entry.size() > name.size() && entry[name.size()] == '=' && entry[0] == name[0] &&
        entry.starts_with(name)) {
      return entry.substr(name.size() + 1);
    }
  }
  return std::nullopt;
}

std::optional<std::vector<std::string>> unshare_command(const SeamRules& rules,
                                                        const std::vector<std::string>& arguments) {
  for (const auto& options : rules.unshare_calls) {
    if (arguments.size() <= options.size() ||
        !std::equal(options.begin(), options.end(), arguments.begin())) {
      continue;
    }
    auto command = arguments.begin() + static_cast<std::ptrdiff_t>(options.size());
    if (*command == "--") ++command;
    // With more options it is a call that the policy does not list.
    if (command == arguments.end() || command->empty() || (*command)[0] == '-') continue;
    return std::vector<std::string>(command, arguments.end());
  }
  return std::nullopt;
}

std::optional<HookCall> hook_call(const std::vector<std::string>& command) {
  // A front end in an archive (pip.pyz) unpacks the script to /tmp/tmpXXXXXXXX_in_process.py.
  if (command.size() != 4 || !command[1].ends_with("_in_process.py")) return std::nullopt;
  if (std::find(kHooks.begin(), kHooks.end(), command[2]) == kHooks.end()) return std::nullopt;
  return HookCall{command[2], command[3]};
}

std::optional<PipWheelCall> pip_wheel_call(const std::vector<std::string>& command) {
  if (command.size() < 4 || command[1] != "-m" || command[2] != "pip") return std::nullopt;
  if (std::find(command.begin() + 3, command.end(), "wheel") == command.end()) return std::nullopt;
  PipWheelCall call;
  for (size_t i = 3; i < command.size(); ++i) {
    const std::string& word = command[i];
    const bool more = i + 1 < command.size();
    if ((word == "--wheel-dir" || word == "-w") && more) {
      call.wheel_directory = command[++i];
    } else if (word.rfind("--wheel-dir=", 0) == 0) {
      call.wheel_directory = word.substr(12);
    } else if (word == "--log" && more) {
      call.log = command[++i];
    } else if (word.rfind("--log=", 0) == 0) {
      call.log = word.substr(6);
    }
  }
  // Options with values make the words ambiguous; every known caller names the source last.
  if (command.back()[0] == '/') call.source = command.back();
  return call;
}

}  // namespace rind
