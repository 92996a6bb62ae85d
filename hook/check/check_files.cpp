#include "hook/check/check_files.h"

#include <algorithm>
#include <map>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/base/text.h"

namespace rind::hook {
namespace {

using Outcome = Finding::State;

constexpr const char* kStages[] = {"prestart",       "createRuntime", "createContainer",
                                   "startContainer", "poststart",     "poststop"};

void read_hook(HookFile& file, JsonObject hook) {
  file.program = hook.string("path");
  if (file.program.empty() || file.program[0] != '/') throw hook.wrong("path", "an absolute path");
  if (hook.has("args")) file.arguments = hook.strings("args");
  if (hook.has("env")) hook.strings("env");
  if (!hook.has("timeout")) return;
  constexpr uint64_t kDay = 86400;
  hook.integer("timeout", 1, kDay);
  file.has_timeout = true;
}

void read_when(HookFile& file, JsonObject when) {
  bool any = false;
  for (const char* key : {"always", "annotations", "commands", "hasBindMounts"}) {
    any = any || when.has(key);
  }
  if (!any) {
    throw when.wrong("always", "a condition: always, annotations, commands or hasBindMounts");
  }
  file.always = when.has("always") && when.boolean("always");
}

void read_stages(HookFile& file, JsonObject& top) {
  const std::vector<std::string> stages = top.strings("stages");
  if (stages.empty()) throw top.wrong("stages", "at least one stage");
  for (const auto& stage : stages) {
    file.precreate = file.precreate || stage == "precreate";
    file.prestart = file.prestart || stage == "prestart" || stage == "createRuntime";
    file.poststart = file.poststart || stage == "poststart";
    const bool known =
        std::find(std::begin(kStages), std::end(kStages), stage) != std::end(kStages);
    if (!known && stage != "precreate") {
      throw top.wrong("stages", "only known stages, not \"" + stage + "\"");
    }
  }
}

constexpr const char* kOptions[] = {"--helper", "--defaults", "--config"};

bool is_option(const std::string& word) {
  return std::find(std::begin(kOptions), std::end(kOptions), word) != std::end(kOptions);
}

// Recommendations for Rind's own hook file.
void judge_ours(const HookFile& file, Findings& findings) {
  const auto warn = [&](const std::string& why, const std::string& remedy) {
    findings.push_back({Outcome::kWarning, "hooks.file", file.path() + ": " + why, remedy});
  };
  if (!file.has_timeout) {
    warn("it sets no timeout", "set hook.timeout: a hook that hangs would block the container");
  }
  if (!file.always) {
    warn("engines do not call it for every container",
         "set when.always to true: not every builder has an annotation");
  }
  if (!file.poststart) {
    warn("engines do not call it at poststart, so builders do not get the policy's host name",
         "add poststart to stages");
  }
}

void judge(const HookFile& file, Findings& findings) {
  const auto fail = [&](const std::string& why, const std::string& remedy) {
    findings.push_back({Outcome::kFailed, "hooks.file", file.path() + ": " + why, remedy});
  };
  const bool in_default = file.directory == kShareHooks || file.directory == kEtcHooks;
  if (!file.trouble.empty()) {
    return fail(file.trouble + ": engines that read it start no container", "fix or remove it");
  }
  if (file.precreate && in_default) {
    fail(
        "it has the stage precreate, which only podman supports: buildah and CRI-O start no "
        "container",
        "move it to a directory that only podman reads (hooks_dir in containers.conf)");
  }
  if (!file.executable) {
    const std::string why = file.program +
                            " is not a program that can be executed: podman ignores the hook file, "
                            "other engines start no container";
    if (file.ours) return fail(why, "install rind again, or remove the hook file");
    findings.push_back(
        {Outcome::kWarning, "hooks.file", file.path() + ": " + why, "fix or remove the hook file"});
  }
  if (!file.ours) return;
  try {
    hook_options(file);
  } catch (const Error& e) {
    return fail(e.why() + ": no container starts", e.remedy());
  }
  if (!file.prestart) {
    return fail("engines do not call it at prestart", "add prestart to stages");
  }
  const size_t before = findings.size();
  judge_ours(file, findings);
  if (findings.size() == before && !(file.precreate && in_default)) {
    findings.push_back({Outcome::kOk, "hooks.file", file.path() + " starts " + file.program, ""});
  }
}

}  // namespace

HookFile parse_hook_file(const std::string& directory, const std::string& name,
                         const std::string& text, const std::string& hook_path) {
  HookFile file;
  file.directory = directory;
  file.name = name;
  try {
    const Json value = parse_json(text, name);
    JsonObject top(value, name);
    const std::string version = top.string("version");
    if (version != "1.0.0")
      throw top.wrong("version", "\"1.0.0\", the version that every engine supports");
    read_hook(file, top.object("hook"));
    file.ours = file.program == hook_path || base_name(file.program) == base_name(hook_path);
    read_when(file, top.object("when"));
    read_stages(file, top);
  } catch (const Error& e) {
    file.trouble = e.what();
  }
  return file;
}

std::map<std::string, std::string> hook_options(const HookFile& file) {
  std::map<std::string, std::string> options;
  const auto refuse = [&](const std::string& why) {
    return Error("read " + file.path(), why, R"(set "args" to ["rind-hook", "hook"])");
  };
  bool subcommand = false;
  for (size_t i = 1; i < file.arguments.size(); ++i) {
    const std::string& word = file.arguments[i];
    const size_t equals = word.find('=');
    if (word == "hook" && !subcommand) {
      subcommand = true;
    } else if (subcommand && is_option(word.substr(0, equals)) && equals != std::string::npos) {
      options[word.substr(0, equals)] = word.substr(equals + 1);
    } else if (subcommand && is_option(word) && i + 1 < file.arguments.size()) {
      options[word] = file.arguments[++i];
    } else {
      throw refuse("rind-hook does not understand the argument \"" + word + "\" of hook.args");
    }
  }
  if (!subcommand) throw refuse("hook.args lacks the word \"hook\" after argv[0]");
  return options;
}

Findings judge_options(const std::vector<HookFile>& files,
                       const std::map<std::string, std::string>& checked) {
  Findings findings;
  for (const auto& file : files) {
    if (!file.ours || !file.trouble.empty()) continue;
    try {
      std::map<std::string, std::string> used = checked;
      for (const auto& [option, value] : hook_options(file)) used[option] = value;
      for (const auto& [option, value] : used) {
        if (value == checked.at(option)) continue;
        findings.push_back({Outcome::kWarning, "hooks.file",
                            file.path() + ": it starts the hook with " + option + " " + value +
                                ", but this check looks at " + checked.at(option),
                            "run rind-hook check " + option + " " + value});
      }
    } catch (const Error&) {
      // judge_hook_files reports it.
    }
  }
  return findings;
}

Findings judge_hook_files(const std::vector<HookFile>& files) {
  Findings findings;
  std::map<std::string, std::string> seen;  // name to directory
  for (const auto& file : files) {
    judge(file, findings);
    const auto [place, is_new] = seen.emplace(file.name, file.directory);
    if (!is_new) {
      findings.push_back({Outcome::kWarning, "hooks.file",
                          file.path() + " has the same name as a file in " + place->second +
                              ": podman and CRI-O use only the one in the later directory, buildah "
                              "uses both",
                          "remove one of the two files"});
    }
  }
  const bool any =
      std::any_of(files.begin(), files.end(), [](const HookFile& f) { return f.ours; });
  if (!any) {
    findings.push_back({Outcome::kFailed, "hooks.file", "no hook file starts rind-hook",
                        std::string("install 50-oci-rind.json into ") + kShareHooks});
  }
  return findings;
}

size_t times_started(const std::vector<HookFile>& files,
                     const std::vector<std::string>& directories, bool by_name) {
  std::map<std::string, bool> last;  // name, or path, to whether it starts our hook
  for (const auto& directory : directories) {
    for (const auto& file : files) {
      if (file.directory != directory) continue;
      last[by_name ? file.name : file.path()] =
          file.ours && file.trouble.empty() && file.executable && file.prestart;
    }
  }
  return static_cast<size_t>(
      std::count_if(last.begin(), last.end(), [](const auto& entry) { return entry.second; }));
}

}  // namespace rind::hook
