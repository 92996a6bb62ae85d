// What this container and its kernel offer, as values. Gathered once (helper/facts/gather.h) and
// passed to the decisions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/own_identity.h"
#include "common/kit/manifest.h"
#include "common/policy/view.h"
#include "helper/facts/links.h"

namespace rind {

// What a path is in the builder.
struct PathFact {
  enum class Type { kAbsent, kDirectory, kFile, kOther } type = Type::kAbsent;
  std::string canonical;  // without symlinks; empty when absent
  unsigned mode = 0;      // permission bits
  // For a file that a variable names: the directories through which it can be replaced while a step
  // runs. That is the top of its mount (unless that is the root), its directory, and the directory
  // that the variable spells. Empty for a file that is a mount point: nobody can rename over it.
  std::vector<std::string> replaced_through;
  // For a directory in a tmpfs: its size in bytes; 0 for unlimited.
  uint64_t tmpfs_bytes = 0;
  // For a path that a variable names: a package may have made a link on the way to it, and the link
  // leads out of the package's trees (helper/facts/package_trees.h).
  bool by_link = false;
  // For $HOME/BELOW: it lies in another home than the step's.
  bool other_home = false;
  // For the directory of a cow view: kClosed when other users can read little or nothing of it.
  enum class Content { kUnknown, kEmpty, kOpen, kClosed } content = Content::kUnknown;
};

// Views of the command line of `rind`; they are stronger than the policy's.
struct ExtraView {
  std::string path;  // canonical
  View view = View::kRo;
  bool directory = true;
  bool noexec = false;
};

// The owner of a directory.
struct Owner {
  unsigned uid = 0, gid = 0;
  bool operator==(const Owner&) const = default;
};

// An entry of the container's /dev that is no directory.
struct DeviceFact {
  std::string name;  // relative to /dev
  enum class Type { kCharacter, kLink, kOther } type = Type::kOther;
  std::string target;  // of a link
  unsigned mode = 0;   // permission bits
  unsigned uid = 0, gid = 0;
};

struct Facts {
  unsigned uid = 0, gid = 0;
  uint64_t capabilities = 0;              // the effective set, one bit for each capability
  std::vector<IdRange> uid_map, gid_map;  // of this container
  // The uids in /etc/passwd, the gids in /etc/group, and the uids that systemd gave to services.
  std::set<uint64_t> named_ids;
  std::optional<uint64_t> pids_max;  // of the container's control group
  std::string passwd;                // /etc/passwd; empty where there is none
  std::string home_in_passwd;        // of the builder; empty where /etc/passwd has none
  // Directories on the way to paths that a step may see, which only their owner and group may
  // search.
  std::map<std::string, Owner> closed;
  // Directories that other users may not list; `named` has their entries.
  std::vector<std::string> listed;
  // Paths of the call that other users may not read and whose content is not in `named`.
  std::vector<std::string> unreadable;
  // Environments in the sources; the front end may run their interpreters.
  std::vector<std::string> inner_environments;
  // The content of the hook's script, if other users may not read it.
  std::optional<std::string> script;
  // Trees that the front end filled with packages for this build: pip's build environments.
  std::vector<std::string> made_for_build;
  // Where the build environment has its packages, if the front end made it for one package.
  std::vector<std::string> package_directories;
  // For --replace-policy: all entries of the root except links. Their targets are entries, too, or
  // in /proc.
  struct TopLevel {
    std::string path;
    bool directory = true;
  };
  std::vector<TopLevel> top_level;
  kit::Manifest manifest;
  std::vector<DeviceFact> devices;  // by name
  // Mounts that would show the host to a step; canonical paths that exist.
  struct OutOfSight {
    std::string path, rule;
    bool directory = true;
  };
  std::vector<OutOfSight> host_mounts;
  // Mount points inside of trees that the step writes. closed: other users may not enter it.
  struct InnerMount {
    std::string path, type;
    bool directory = true, read_only = false, closed = false;
  };
  std::vector<InnerMount> inner_mounts;
  // Trees that the step would write, and that are on read-only mounts.
  std::set<std::string> read_only;
  // Why a file system does not let the supervisor give a tree to the step; "" when it does.
  std::string no_chown;
  // Project files of the sources that are links, and lead out of them; target: canonical.
  std::vector<Link> project_links;
  // The paths of the policy's views, by key. A variable can stand for several paths: the call's
  // value, the container's own, and for HOME also the home directory in /etc/passwd.
  std::map<std::string, std::vector<PathFact>> paths;
  // Settings in HOME that the policy shows (helper/facts/builder_settings.h).
  struct HomeSettings {
    std::string name, canonical, text;  // name: below HOME
  };
  std::vector<HomeSettings> home_settings;
  std::vector<Link>
      links;  // on the way to the build environment, its interpreter and the hook script
  // The files that the build environment's interpreter needs: bin, lib and others of its own
  // prefix, and of the prefixes of links that lead to it. Canonical paths that exist.
  struct InterpreterPart {
    std::string path;
    bool directory = true;
  };
  std::vector<InterpreterPart> interpreter;
  // A file that the helper covers or replaces as a copy, and its original.
  struct Original {
    std::string path;  // canonical
    std::string original;
  };
  std::vector<Original> copies;
  // Paths that a call through an interpreter's seam names, or finds through PYTHONPATH.
  struct Named {
    std::string path;
    bool directory = true;
    // The content of a file that only its owner may read, such as the requirements that `build`
    // passes to pip.
    std::optional<std::string> content = {};
    // The named directory that contains it; empty for a path that is named itself.
    std::string listed_in = {};
    // An earlier step may have made a link on the way to it. (No step can make one in the root.)
    bool by_link = false;
  };
  std::vector<Named> named;
  // A file of the builder's settings (helper/facts/builder_settings.h), at the path at which builds
  // look for it. closed: other users may not read it.
  struct CopiedSettings {
    std::string path, canonical, content;
    bool closed = false;
  };
  std::vector<CopiedSettings> copied_settings;
  // An existing path that a variable or an argument of the call names, in a place that steps do not
  // see, or whose variable says that builds write there.
  struct Told {
    std::string variable;  // its name; "" for an argument
    std::string path;      // canonical
    bool directory = true;
    bool executable = false;  // a file that can be executed
    // A step may have made a link on the way to it, and the link leads out of its own directory.
    bool by_link = false;
    // The directory that contains all of the toolchain or library: of PREFIX/bin and
    // PREFIX/lib/pkgconfig, PREFIX. Empty for a path that is not in such a directory.
    std::string prefix = {};
    // More that belongs to it, such as rustup's toolchains beside cargo.
    std::vector<TopLevel> beside = {};
    // Files and directories in these in which tools keep credentials.
    std::vector<TopLevel> credentials = {};
  };
  std::vector<Told> told;
  // Directories that do not exist and that the call's variables name, for variables with a cow
  // view. The existing part of each path is canonical.
  struct Missing {
    std::string key, path;
  };
  std::vector<Missing> missing;
  // The entries of a directory of Step::captures.
  struct Captured {
    struct Entry {
      std::string name;
      bool directory = false;
      std::string target = {};  // of a link
      bool fits = false;        // the step gets a copy
      bool of_project = false;  // Rind delivered it for the same project
    };
    std::vector<Entry> entries;
    bool all = true;      // false when some entries were left out
    bool closed = false;  // other users may not list it
  };
  std::map<std::string, Captured> captured;  // by path
  std::string ccache_log;                    // the file to which ccache writes its log; "" for none
  // For a question to an interpreter about itself: the environment without installed packages.
  struct BareEnvironment {
    std::string config;                    // pyvenv.cfg, checked
    std::vector<std::string> directories;  // relative: where packages would be
    std::vector<Link> links;               // relative paths: the interpreter's names, lib64
  };
  BareEnvironment bare;
  // The git repository that holds the sources (helper/facts/repository_facts.h). Canonical paths.
  struct Repository {
    std::string top;            // of the work tree; "" when there is none
    std::string git_directory;  // of this work tree, usually TOP/.git
    // Git directories outside of the top that belong to this work tree: a submodule's, or the one
    // that a work tree shares.
    std::vector<std::string> directories;
    // Other directories that the repository names.
    std::vector<std::string> elsewhere;
    std::vector<Link> links;  // on the way to `directories`
    bool closed = false;      // users other than the owner cannot read the repository
  };
  Repository repository;
};

}  // namespace rind
