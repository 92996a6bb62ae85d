#include "helper/step/step.h"

#include <algorithm>

#include "common/base/error.h"
#include "common/base/glob.h"
#include "common/base/names.h"
#include "common/base/text.h"
#include "helper/step/call_paths.h"
#include "helper/step/captures.h"
#include "helper/step/python_command.h"
#include "helper/step/written_views.h"

namespace rind {
namespace {

// True for a pattern that names the directory of its program.
bool has_place(const std::vector<std::string>& pattern) {
  return pattern[0].find('/') != std::string::npos;
}

bool matches(const std::vector<std::string>& pattern, const std::vector<std::string>& command,
             const CallFacts& facts) {
  const bool open_end = pattern.size() > 1 && pattern.back() == "...";
  const size_t fixed = pattern.size() - (open_end ? 1 : 0);
  if (command.size() < fixed || (!open_end && command.size() != fixed)) return false;
  // A pattern without a slash names a program in one of the tool directories.
  const bool program = has_place(pattern) ? command[0] == pattern[0] || facts.found_at == pattern[0]
                                          : glob_match(pattern[0], base_name(command[0]));
  if (!program) return false;
  return std::equal(pattern.begin() + 1, pattern.begin() + static_cast<std::ptrdiff_t>(fixed),
                    command.begin() + 1);
}

// True for a path in a directory beside the sources that is empty, or that steps of this package
// filled.
bool is_beside_sources(const CallFacts& facts, const std::string& path) {
  return is_within_any(path, facts.beside.directories);
}

// True for a call whose arguments name such a directory: `cmake --build W/build`.
bool names_beside_sources(const CallFacts& facts) {
  return std::any_of(facts.places.begin(), facts.places.end(), [&](const auto& place) {
    return !place.by_text && is_beside_sources(facts, place.path);
  });
}

// A front end that sets VIRTUAL_ENV keeps the build environment beside the sources. Calls through
// an interpreter's seam come from other front ends, too: pip and build keep the two apart.
bool has_work_directory(const CallFacts& facts) {
  if (!facts.by_interpreter) return true;
  if (facts.named_source.empty()) return false;
  return is_within(facts.cwd, facts.named_source) || is_within(facts.project, facts.named_source) ||
         is_beside_sources(facts, facts.cwd) || names_beside_sources(facts);
}

// True for an environment that the front end made for one package, beside its sources: steps of
// other packages do not run what is in it. Nor may an install, which has a network where a hook has
// none: `build` calls its environment's own pip after a hook, through the interpreter's seam.
bool is_made_for_package(const CallFacts& facts) {
  if (facts.virtual_env.empty() || facts.front_ends_env || facts.by_interpreter) return false;
  return !facts.named_source.empty() && is_within(facts.cwd, facts.named_source) &&
         parent_of(facts.named_source) == parent_of(facts.virtual_env);
}

// The parent of the build environment: the front end made it for this package.
std::string work_directory(const CallFacts& facts) {
  if (facts.virtual_env.empty() || facts.front_ends_env || !has_work_directory(facts)) return {};
  return parent_of(facts.virtual_env);
}

// True when an earlier step may have written to `place`.
bool may_be_written(const Policy& policy, const CallFacts& facts, const std::string& place) {
  const std::string work = work_directory(facts);
  if (!work.empty() && is_within(place, work)) return true;
  const std::vector<std::string> keys = written_keys(policy);
  return std::any_of(keys.begin(), keys.end(), [&](const std::string& key) {
    if (key[0] != '$') return is_within(place, key);
    const std::string name = key.substr(1, key.find('/') - 1);
    const auto& named = facts.named_directories;
    return std::any_of(named.begin(), named.end(), [&](const auto& variable) {
      return variable.first == name &&
             is_within(place, variable.second + key.substr(name.size() + 1));
    });
  });
}

// Why the program is not the tool of that name; "" when it is. A package can install a program of
// any name.
std::string why_hostile(const Policy& policy, const Call& call, const CallFacts& facts) {
  if (facts.executable.empty()) return "the program was not found";
  if (!facts.found_by_absolute_path) return "the program was found by a relative path";
  // `python -m` looks for the module in the working directory first.
  const bool looks_there = call.command.size() > 1 && call.command[1] == "-m";
  if (looks_there && (facts.cwd_is_packages || may_be_written(policy, facts, facts.cwd))) {
    return "steps may have written its working directory, " + facts.cwd;
  }
  // uv executes the interpreter that a .python-version names.
  for (const auto& [path, packages] : facts.tool_settings) {
    if (packages || may_be_written(policy, facts, path)) {
      return "it would go by " + path +
             ", which a package wrote or a step may write (start it in another directory)";
    }
  }
  // Check both ends of a link: through V/bin/wheel -> /usr/bin/python3 the interpreter would run
  // the .pth files of V.
  for (const std::string& place : {facts.executable, facts.found_at}) {
    if (may_be_written(policy, facts, place)) return "steps may have written " + place;
  }
  return {};
}

// Throws Error for a tool outside of the tool directories. Calls come with any PATH and
// VIRTUAL_ENV, so the program may be a package's. It may also be the front end's tool, and its
// results would be lost in a step: so this is an error. For a link in a tool directory, whoever
// made the link chose its target.
void require_place(const std::vector<std::string>& pattern, const CallFacts& facts) {
  const auto& tools = facts.tool_directories;
  const std::string directory = parent_of(facts.found_at);
  if (has_place(pattern) || std::find(tools.begin(), tools.end(), directory) != tools.end()) return;
  throw Error("trust " + pattern[0],
              facts.found_at + " is not in a directory of the container's own PATH",
              "add the directory to the PATH that the container is started with, or name the "
              "program by its path in \"trusted\" in the policy");
}

// True for a trusted command. distrust: why a command that the policy lists is not trusted.
bool is_trusted(const Policy& policy, const Call& call, const CallFacts& facts,
                std::string& distrust) {
  for (const auto& pattern : policy.trusted) {
    if (!matches(pattern, call.command, facts)) continue;
    distrust = why_hostile(policy, call, facts);
    if (!distrust.empty()) continue;
    require_place(pattern, facts);
    return true;
  }
  return false;
}

// The sources: the directory below the work directory with the same name, as Fromager lays it out.
// Where that does not hold `place`, because plugins lay out differently, it is the directory below
// the work directory that contains `place`, unless that is a build environment. Only the front end
// writes to the work directory, so no step can have put a link there.
std::string source_holding(const CallFacts& facts, const std::string& place) {
  const std::string work = work_directory(facts);
  if (work.empty() || work == "/" || place == work || !is_within(place, work)) return {};
  if (!facts.named_source.empty()) {
    if (is_within(place, facts.named_source)) return facts.named_source;
    // Beside the named sources, front ends keep second trees, but also prefixes with libraries. A
    // step can make a link in its tree that leads there.
    if (place != facts.project_in_work) return {};
  }
  const size_t start = work.size() + 1;
  std::string source = place.substr(0, std::min(place.find('/', start), place.size()));
  const bool environment =
      source == facts.virtual_env || std::find(facts.environments.begin(), facts.environments.end(),
                                               source) != facts.environments.end();
  return environment ? std::string() : source;
}

// The sources, where only the working directory tells.
std::string project_at_cwd(const CallFacts& facts) {
  // An environment in the sources is read-only in them.
  const bool holds_more = facts.cwd == "/" || is_within(facts.cwd, facts.virtual_env) ||
                          is_within(facts.control, facts.cwd);
  return facts.cwd_is_project && !holds_more ? facts.cwd : std::string();
}

// What the step may write to beside its sources: not where its results are to be checked.
std::vector<std::string> writable_beside(const CallFacts& facts, const Step& step) {
  if (step.source.empty() || parent_of(step.source) != facts.beside.work) return {};
  if (step.asks_interpreter || step.kind == Step::Kind::kInstall) return {};
  std::vector<std::string> others = {step.source, step.control, step.log, step.build_environment};
  for (const auto& output : step.outputs) others.push_back(output.path);
  std::vector<std::string> found;
  for (const auto& path : facts.beside.directories) {
    const bool other = std::any_of(others.begin(), others.end(),
                                   [&](const auto& one) { return is_within(one, path); });
    if (!other) found.push_back(path);
  }
  return found;
}

// The directories that each hook's arguments may name, and whether the hook writes to them (PEP
// 517, PEP 660).
struct KnownDirectory {
  const char* hook;
  const char* name;
  bool writable;
};
constexpr KnownDirectory kKnownDirectories[] = {
    {"build_wheel", "wheel_directory", true},
    {"build_wheel", "metadata_directory", false},
    {"build_editable", "wheel_directory", true},
    {"build_editable", "metadata_directory", false},
    {"build_sdist", "sdist_directory", true},
    {"prepare_metadata_for_build_wheel", "metadata_directory", true},
    {"prepare_metadata_for_build_editable", "metadata_directory", true},
};

// An output directory around the build environment, or "/", would make that writable.
void require_harmless(const CallFacts& facts, const std::string& source, const std::string& name,
                      const std::string& path) {
  // The step writes to its sources, and to an environment in them it does not.
  const bool in_sources = is_within(path, source) && !is_within(path, facts.virtual_env);
  if (in_sources) return;
  if (path == "/" || is_within(facts.virtual_env, path) || is_within(path, facts.virtual_env)) {
    throw Error("recognise the step",
                name + " " + path + " contains the build environment, or is inside it",
                "let the front end use another directory");
  }
}

// An output directory for the step. The step may write to its sources anyway. If it needs the files
// in this directory, an empty directory in its place would break the build.
Step::Output output_of(const CallFacts& facts, const Step& step, const std::string& name,
                       const std::string& path) {
  Step::Output output = {name, path, true};
  const bool in_sources = is_within(path, step.source);
  output.in_place =
      in_sources && (is_within(facts.cwd, path) || facts.with_sources.count(path) != 0);
  // A front end that builds the wheel from the sdist leaves it in the project's own directory, not
  // in that of the unpacked sdist.
  const auto holds_it = [&](const auto& project) { return is_within(path, project); };
  output.packages_own = in_sources || std::any_of(facts.front_ends_projects.begin(),
                                                  facts.front_ends_projects.end(), holds_it);
  if (facts.front_ends_projects.size() == 1) output.project = facts.front_ends_projects.front();
  return output;
}

std::vector<Step::Output> hook_outputs(const CallFacts& facts, const Step& step) {
  std::vector<Step::Output> outputs;
  for (const auto& [name, path] : facts.directories) {
    const auto* known = std::find_if(
        std::begin(kKnownDirectories), std::end(kKnownDirectories),
        [&n = name, &step](const auto& k) { return step.hook == k.hook && n == k.name; });
    if (known == std::end(kKnownDirectories)) {
      throw Error(
          "recognise the step",
          "input.json gives \"" + name + "\" to " + step.hook + ", which has no such argument",
          "let the front end pass the arguments that PEP 517 names");
    }
    require_harmless(facts, step.source, name, path);
    outputs.push_back(known->writable ? output_of(facts, step, name, path)
                                      : Step::Output{name, path, false});
  }
  return outputs;
}

void add_hook(Step& step, const HookCall& hook, const CallFacts& facts) {
  step.kind = Step::Kind::kHook;
  step.hook = hook.hook;
  step.control = facts.control;
  step.script = facts.hook_script;
  step.built_before = facts.built_before;
  if (step.build_environment.empty() && !facts.by_interpreter) {
    throw Error("recognise the step " + hook.hook,
                "VIRTUAL_ENV does not name a build environment, so the sources are not known",
                "call the hook with VIRTUAL_ENV set to the build environment, as Fromager does");
  }
  if (step.source.empty() && facts.by_interpreter) {
    throw Error("recognise the step " + hook.hook,
                "its working directory " + facts.cwd +
                    " is not a source tree: it has neither pyproject.toml nor setup.py, or it is "
                    "the build environment, or holds the control directory, too",
                "let the front end call the hook from the project's own directory");
  }
  if (step.source.empty()) {
    throw Error(
        "recognise the step " + hook.hook,
        "its working directory " + facts.cwd + " is not in a source tree below " +
            work_directory(facts),
        "check the package's build_dir: it may have no pyproject.toml or setup.py, or an earlier "
        "step may have replaced it by a link");
  }
  require_harmless(facts, "", "the control directory", step.control);
  step.outputs = hook_outputs(facts, step);
}

// True for an environment beside which no other packages are built. uv makes one for each build,
// all in one directory.
bool is_plain(const CallFacts& facts) {
  return facts.by_interpreter && facts.named_source.empty() && !facts.virtual_env.empty() &&
         !is_uvs_temporary(facts.virtual_env);
}

// The working directory and that of the script: modules lie there. Not those that hold more.
std::vector<std::string> directories_of_call(const CallFacts& facts) {
  std::vector<std::string> directories;
  for (const auto& path :
       {facts.cwd, facts.script.empty() ? std::string() : parent_of(facts.script)}) {
    const bool shared =
        path.empty() || path == "/" || is_within(facts.home, path) ||
        std::find(facts.temporary.begin(), facts.temporary.end(), path) != facts.temporary.end();
    if (!shared) directories.push_back(path);
  }
  return directories;
}

Step::Kind kind_by_interpreter(const Call& call, const Step& step) {
  if (step.build_environment.empty()) return Step::Kind::kCommand;
  return call.installs ? Step::Kind::kInstall : Step::Kind::kEnvironment;
}

// The sources of a call through an interpreter's seam that is no hook: the project in which it
// runs, or that its script or an argument names. An install writes to those that it installs.
std::string sources_of_call(const Call& call, const CallFacts& facts, const Step& step) {
  const std::string& project = facts.project;
  const bool holds_more =
      project.empty() || project == "/" || is_within(project, facts.virtual_env);
  if (holds_more) return {};
  if (step.kind == Step::Kind::kInstall && !names_sources(call.python)) return {};
  return project;
}

}  // namespace

std::string to_string(Step::Kind kind) {
  using Kind = Step::Kind;
  static constexpr Name<Kind> kNames[] = {{Kind::kHook, "hook"},
                                          {Kind::kPipWheel, "pip-wheel"},
                                          {Kind::kEnvironment, "environment-command"},
                                          {Kind::kInstall, "install"},
                                          {Kind::kCommand, "command"}};
  return name_of(kNames, kind);
}

std::string to_string(Step::Capture::Kind kind) {
  using Kind = Step::Capture::Kind;
  static constexpr Name<Kind> kNames[] = {{Kind::kArtefacts, "artefacts"},
                                          {Kind::kTemporary, "temporary"},
                                          {Kind::kEnvironment, "environment"}};
  return name_of(kNames, kind);
}

std::string package_of(const CallFacts& facts) {
  const std::string work = work_directory(facts);
  return work.empty() ? std::string() : base_name(work);
}

std::optional<Step> recognise(const Policy& policy, const Call& call, const CallFacts& facts,
                              bool always_step) {
  Step step;
  if (!always_step && is_trusted(policy, call, facts, step.distrust)) return std::nullopt;
  step.package = package_of(facts);
  step.spelled = facts.spelled;
  if (!facts.front_ends_env) step.build_environment = facts.virtual_env;
  step.environment_is_packages = is_made_for_package(facts);
  // Through an interpreter's seam it is an install like others.
  const bool pip = call.pip_wheel && !facts.by_interpreter;
  std::string place = pip && !facts.source.empty() ? facts.source : facts.cwd;
  // A command works on what its script or its arguments name, too.
  const bool elsewhere = !is_within(place, facts.named_source) && !facts.project_in_work.empty();
  if (!call.hook && !pip && !elsewhere && is_within(facts.project, facts.named_source)) {
    place = facts.project;
  }
  const bool beside = !call.hook && !pip &&
                      (is_beside_sources(facts, place) ||
                       (!is_within(place, facts.named_source) && names_beside_sources(facts)));
  step.source = source_holding(facts, beside ? facts.named_source : place);

  if (const auto& hook = call.hook) {
    if (!has_work_directory(facts)) {
      step.source = project_at_cwd(facts);
      step.is_project = !step.source.empty();
    }
    add_hook(step, *hook, facts);
  } else if (facts.by_interpreter) {
    step.kind = kind_by_interpreter(call, step);
    if (!has_work_directory(facts)) step.source = sources_of_call(call, facts, step);
    step.is_project = step.package.empty() && !step.source.empty();
  } else if (pip && !step.build_environment.empty()) {
    step.kind = Step::Kind::kPipWheel;
    step.log = facts.log;
    if (!facts.wheel_directory.empty()) {
      require_harmless(facts, step.source, "--wheel-dir", facts.wheel_directory);
      step.outputs.push_back(output_of(facts, step, "--wheel-dir", facts.wheel_directory));
    }
  } else if (is_within(call.command[0], step.build_environment)) {
    step.kind = Step::Kind::kEnvironment;
  }
  if (step.kind == Step::Kind::kEnvironment && facts.asks_interpreter) {
    step.asks_interpreter = true;
    step.source.clear();
    step.is_project = false;
  }
  step.beside = writable_beside(facts, step);
  if (!call.hook && step.kind != Step::Kind::kPipWheel) {
    step.captures = captures_of(call, facts, step);
  }
  step.plain_environment = is_plain(facts);
  if (step.plain_environment && !call.hook && !step.asks_interpreter) {
    step.directories = directories_of_call(facts);
  }
  return step;
}

}  // namespace rind
