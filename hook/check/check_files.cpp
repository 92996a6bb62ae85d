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
  if (hook.has("args")) hook.strings("args");
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
  if (!any) throw when.wrong("always", "there, nor any other condition");
  file.always = when.has("always") && when.boolean("always");
}

void read_stages(HookFile& file, JsonObject& top) {
  const std::vector<std::string> stages = top.strings("stages");
  if (stages.empty()) throw top.wrong("stages", "a stage");
  for (const auto& stage : stages) {
    file.precreate = file.precreate || stage == "precreate";
    file.prestart = file.prestart || stage == "prestart" || stage == "createRuntime";
    file.poststart = file.poststart || stage == "poststart";
    const bool known =
        std::find(std::begin(kStages), std::end(kStages), stage) != std::end(kStages);
    if (!known && stage != "precreate") throw top.wrong("stages", "a known stage: " + stage);
  }
}

// What our own file should be beside what every file must.
void judge_ours(const HookFile& file, Findings& findings) {
  const auto warn = [&](const std::string& why, const std::string& remedy) {
    findings.push_back({Outcome::kWarning, "hooks.file", file.path() + ": " + why, remedy});
  };
  if (!file.has_timeout) {
    warn("it sets no timeout", "set hook.timeout: a hook that hangs holds up the container");
  }
  if (!file.always) {
    warn("it is not always called",
         "set when.always: builds and images tell the hook in other ways");
  }
  if (!file.poststart) {
    warn("it is not called at poststart: a builder's host name is not set",
         "add poststart to stages");
  }
}

void judge(const HookFile& file, Findings& findings) {
  const auto fail = [&](const std::string& why, const std::string& remedy) {
    findings.push_back({Outcome::kFailed, "hooks.file", file.path() + ": " + why, remedy});
  };
  const bool in_default = file.directory == kShareHooks || file.directory == kEtcHooks;
  if (!file.trouble.empty()) {
    return fail(file.trouble + ": engines that read it start no container", "mend or remove it");
  }
  if (file.precreate && in_default) {
    fail("stage precreate, which only podman knows: buildah and CRI-O start no container",
         "move it into a directory that only podman's hooks_dir names");
  }
  if (!file.executable) {
    const std::string why = file.program +
                            " is no program: podman passes over the file without a word, other "
                            "engines start no container";
    if (file.ours) return fail(why, "install rind again, or remove the file");
    findings.push_back(
        {Outcome::kWarning, "hooks.file", file.path() + ": " + why, "remove the file, or mend it"});
  }
  if (!file.ours) return;
  if (!file.prestart) return fail("it is not called at prestart", "add prestart to stages");
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
      throw top.wrong("version", "\"1.0.0\", the one that every engine knows");
    read_hook(file, top.object("hook"));
    file.ours = file.program == hook_path || base_name(file.program) == base_name(hook_path);
    read_when(file, top.object("when"));
    read_stages(file, top);
  } catch (const Error& e) {
    file.trouble = e.what();
  }
  return file;
}

Findings judge_hook_files(const std::vector<HookFile>& files) {
  Findings findings;
  std::map<std::string, std::string> seen;  // name to directory
  for (const auto& file : files) {
    judge(file, findings);
    const auto [place, is_new] = seen.emplace(file.name, file.directory);
    if (!is_new) {
      findings.push_back({Outcome::kWarning, "hooks.file",
                          file.path() + " has a namesake in " + place->second +
                              ": podman and CRI-O call the later directory's, buildah calls both",
                          "remove one of the two"});
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
