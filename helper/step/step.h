// Recognises what a call is: a trusted command, or a step and what it works on. Pure.
//
// The central rule: every call is a step, unless the policy lists it as trusted. A call that is not
// understood is a step that may write less, never a call without isolation.
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

// What lies in a package's work directory beside its sources.
struct BesideSources {
  // The package's work directory, where its commands may make directories; "" where other packages
  // may lie in it, too, where the builder cannot write, and where the file system has no attributes
  // to tell the package's directories from the front end's.
  std::string work;
  // Those in it in which nothing is the front end's: they are empty, or steps of the package filled
  // them. No environments, no source trees, and at most 64.
  std::vector<std::string> directories;
  // Prefixes of the container in which its interpreters may have packages.
  std::vector<std::string> prefixes;
};

// What the file system tells about a call; helper/facts/gather.h gathers it. Paths are canonical;
// empty where there is nothing.
struct CallFacts {
  std::string cwd;
  std::string virtual_env;      // VIRTUAL_ENV, when it names a directory
  bool front_ends_env = false;  // VIRTUAL_ENV is the front end's own, not a build environment
  std::string executable;       // the file that would be executed
  std::string found_at;         // its path by PATH: canonical directory, and its own name
  bool found_by_absolute_path = false;  // not through a relative element of PATH
  // The directories of the container's own tools: those of its PATH, and the bin of each of its
  // environments that has a seam (an entry script may add that one to PATH).
  std::vector<std::string> tool_directories;
  // Variables that name a directory, in the call's environment and in the container's own.
  std::vector<std::pair<std::string, std::string>> named_directories;
  std::string
      named_source;  // W/<name of W>, where that is a directory: the sources, as Fromager has it
  // The place in W that the call works on, where it looks like a source tree.
  std::string project_in_work;
  std::vector<std::string>
      environments;         // the build environments in W: directories with a pyvenv.cfg
  BesideSources beside;     // prefixes and build trees in W
  std::string hook_script;  // the _in_process.py of a hook call
  // For a hook call: the control directory and the directories that its arguments name. For a pip
  // wheel call: its paths.
  std::string control;
  std::map<std::string, std::string> directories;  // kwarg name to path
  std::string wheel_directory, log, source;
  // For a hook that builds a wheel: pyproject_hooks' marker beside the metadata that it gets, and
  // the wheel there, which an earlier step built.
  std::vector<std::string> built_before;
  // The front end's spelling of each of these paths that leads through a link.
  std::map<std::string, std::string> spelled;
  std::set<std::string> with_sources;  // directories that contain more than earlier results
  // For a call through an interpreter's seam: whether a front end would take cwd for sources.
  bool by_interpreter = false;
  bool cwd_is_project = false;
  bool cwd_is_packages = false;  // of `python -m`: a package's modules may lie there
  // A file by which the tool that is called may choose a program.
  struct ToolSettings {
    std::string path;
    bool packages = false;  // it lies in unpacked sources of a package
  };
  std::vector<ToolSettings> tool_settings;
  bool cwd_is_writable = false;                           // for the builder
  bool input_is_terminal = false, input_is_pipe = false;  // standard input
  // For a call that is no hook and no old-style build (helper/facts/written_places.h):
  std::string project;                 // the project that it works on
  std::string script;                  // the script that a Python interpreter runs
  std::vector<std::string> temporary;  // directories for temporary files
  std::string home;                    // the builder's
  // A path that the call names, and that it could write.
  struct Place {
    std::string path;       // what does not exist yet of it is as the call spells it
    std::string directory;  // the path itself, or the nearest existing directory above it
    bool exists = false;
    bool by_text = false;      // CallPath::by_text
    bool asked = true;         // false for a place that the call does not name
    std::string spelled = {};  // the path as the call spells it
  };
  std::vector<Place> places;
  // The call asks the build environment's interpreter about itself (helper/step/query.h).
  bool asks_interpreter = false;
  std::vector<std::string> front_ends_projects;  // what the front end is building
  unsigned processors = 1;                       // on which this process may run
  // NAME=VALUE that the front end was started with; nothing where that is not known.
  std::optional<std::set<std::string>> front_ends_environment;
};

struct Step {
  enum class Kind {
    kHook,         // a PEP 517 hook in a subprocess
    kPipWheel,     // an old-style build by pip
    kEnvironment,  // a command of the build environment
    kInstall,      // pip or ensurepip of the build environment: writes to it
    kCommand,      // anything else
  };
  struct Output {
    std::string name;  // the kwarg or option that named it
    std::string path;
    bool writable = true;
    // It is in the sources and the step needs its files: the step writes to it directly.
    bool in_place = false;
    // It belongs to this package alone: files in it may be replaced.
    bool packages_own = false;
    std::string project = {};  // the project that the front end builds; "" when unknown
  };

  // A directory of the front end's in which the step may write beside what is there. The step
  // writes to a private directory in its place, and what may leave it is decided afterwards
  // (helper/outputs/release.h).
  struct Capture {
    enum class Kind {
      kArtefacts,    // artefacts of the package may leave
      kTemporary,    // a directory for temporary files, or one in it: all that is new may leave
      kEnvironment,  // the top of the build environment: files that the call names may leave
    } kind = Kind::kArtefacts;
    std::string path;
    bool whole = false;              // the call names the directory itself
    bool shared = false;             // it holds more than the call's: only what is named may leave
    bool asked = false;              // by an argument; otherwise the call only runs there
    bool by_text = false;            // only in a text: CallPath::by_text
    std::vector<std::string> named;  // what the call names in it; absolute
    bool packages_own = false;       // as Output
    bool of_package = false;         // the package's work directory: new directories leave, too
    std::vector<std::string> prefixes = {};  // BesideSources::prefixes, of that one
    std::string project = {};
  };

  Kind kind = Kind::kCommand;
  std::string hook;               // for kHook
  std::string package;            // the name of the front end's work directory, "" when unknown
  std::string build_environment;  // V, "" when there is none
  // V is a user's environment: other things than packages lie beside it.
  bool plain_environment = false;
  // The front end made V for this package alone.
  bool environment_is_packages = false;
  std::string source;       // S, "" when unknown
  bool is_project = false;  // the sources are a user's project, not made for this build
  // Directories of this package beside its sources, which the step may write to.
  std::vector<std::string> beside;
  std::string control;  // CTL
  std::vector<Output> outputs;
  std::vector<Capture> captures;
  std::vector<std::string> directories;        // that the call reads: its own, and its script's
  std::vector<std::string> built_before;       // CallFacts::built_before
  std::string log;                             // a file that pip writes
  std::map<std::string, std::string> spelled;  // CallFacts::spelled
  std::string script;                          // the hook's _in_process.py
  // Why a command that the policy lists as trusted is a step; "" for the others.
  std::string distrust;
  // A kEnvironment that must not see the installed packages: no package may influence its answer.
  bool asks_interpreter = false;
};
std::string to_string(Step::Kind kind);
std::string to_string(Step::Capture::Kind kind);

// The name of the front end's work directory for the package; "" when it is not known.
std::string package_of(const CallFacts& facts);

// Returns the step that `call` is; nothing for a trusted command. Throws Error for a hook call that
// no front end makes: cwd outside of the sources, or an unknown argument. Also for a trusted name
// outside of the tool directories. always_step: trust no command, for `rind run`.
std::optional<Step> recognise(const Policy& policy, const Call& call, const CallFacts& facts,
                              bool always_step);

}  // namespace rind
