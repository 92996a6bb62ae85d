// Recognising what a call is: a trusted command or a step, and what the step works on. Pure.
//
// The rule that everything hangs on: only what the policy lists as trusted is no step. A call that
// is not understood is a step with less to write to, never one without isolation.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/policy/policy.h"
#include "helper/step/call.h"

namespace rind {

// What the file system says about a call; gathered by helper/facts/gather.h. Paths are canonical,
// and empty where there is nothing.
struct CallFacts {
  std::string cwd;
  std::string virtual_env;      // VIRTUAL_ENV, when it names a directory
  bool front_ends_env = false;  // VIRTUAL_ENV is the front end's own, not a build environment
  std::string executable;       // the file that would be executed
  std::string found_at;  // where PATH leads to it: its directory canonical, its own name kept
  bool found_by_absolute_path = false;  // not through a relative element of PATH
  // Where the container's own tools lie: the directories of its PATH, and the bin of each of its
  // environments that has a seam (an entry script may have put that one into PATH).
  std::vector<std::string> tool_directories;
  // Variables that name a directory, in the call's environment and in the container's own.
  std::vector<std::pair<std::string, std::string>> named_directories;
  std::string
      named_source;  // W/<name of W>, where that is a directory: the sources, as Fromager has it
  std::vector<std::string>
      environments;         // the build environments in W: directories with a pyvenv.cfg
  std::string hook_script;  // the _in_process.py of a hook call
  // For a hook call: the control directory and the directories that the kwargs name. For a pip
  // wheel call: its paths.
  std::string control;
  std::map<std::string, std::string> directories;  // kwarg name to path
  std::string wheel_directory, log, source;
  // Of these paths, how the front end spelled the ones that lead there by a link.
  std::map<std::string, std::string> spelled;
  std::set<std::string> with_sources;  // of the directories: more than earlier results is in them
  // Of a call through an interpreter's seam: cwd is what a front end takes for sources.
  bool by_interpreter = false;
  bool cwd_is_project = false;
  bool input_is_terminal = false;  // standard input
  // It asks the build environment's interpreter about itself (helper/step/query.h).
  bool asks_interpreter = false;
  std::vector<std::string> front_ends_projects;  // what the front end is building
};

struct Step {
  enum class Kind {
    kHook,         // a PEP 517 hook in a subprocess
    kPipWheel,     // an old-style build by pip
    kEnvironment,  // a command of the build environment
    kInstall,      // pip or ensurepip of the build environment: writes in it
    kCommand,      // anything else
  };
  struct Output {
    std::string name;  // the kwarg or option that named it
    std::string path;
    bool writable = true;
    // It lies in the sources, and the step needs what is in it: the step writes there directly.
    bool in_place = false;
    // It belongs to the package, not to several: what is there may be replaced.
    bool packages_own = false;
    std::string project =
        {};  // what the front end builds, where a name in the directory is nobody's
  };

  Kind kind = Kind::kCommand;
  std::string hook;               // for kHook
  std::string package;            // the name of the front end's work directory, "" when unknown
  std::string build_environment;  // V, "" when there is none
  std::string source;             // S, "" when unknown
  bool is_project = false;        // S is a project of somebody's, not made for this build
  std::string control;            // CTL
  std::vector<Output> outputs;
  std::string log;                             // a file that pip writes
  std::map<std::string, std::string> spelled;  // CallFacts::spelled
  std::string script;                          // the hook's _in_process.py
  // Why a command that the policy trusts by its name is a step all the same; "" for the others.
  std::string distrust;
  // A kEnvironment that must not see what is installed: no package gives its answer.
  bool asks_interpreter = false;
};
std::string to_string(Step::Kind kind);

// The name of the front end's work directory for the package, "" when it is not known.
std::string package_of(const CallFacts& facts);

// The step that `call` is, or nothing for a trusted command. Throws Error for a hook call that
// cannot be what a front end means: cwd outside of the sources, or a kwarg that the hook does not
// have; and for a trusted name that is found in no directory for tools. always_step: for `rind
// run`, where no command is trusted.
std::optional<Step> recognise(const Policy& policy, const Call& call, const CallFacts& facts,
                              bool always_step);

}  // namespace rind
