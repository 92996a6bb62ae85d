// What this container and kernel offer, as values. Gathered once (helper/facts/gather.h) and passed
// in.
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
  // runs. The top of the mount it lies in, where that is not the root; its directory, and the one
  // that the variable spells. Empty for a file that is a mount of its own: nobody renames over
  // that.
  std::vector<std::string> replaced_through;
  // Of a directory in a tmpfs: how many bytes that can hold; 0 for any number.
  uint64_t tmpfs_bytes = 0;
};

// Views that `rind run` was told to add; they go before the policy's.
struct ExtraView {
  std::string path;  // canonical
  View view = View::kRo;
  bool directory = true;
  bool noexec = false;
};

// Whose a directory is.
struct Owner {
  unsigned uid = 0, gid = 0;
  bool operator==(const Owner&) const = default;
};

struct Facts {
  unsigned uid = 0, gid = 0;
  uint64_t capabilities = 0;              // the effective set, a bit a capability
  std::string user_name;                  // of uid, from /etc/passwd; empty where it has no name
  std::vector<IdRange> uid_map, gid_map;  // of this container
  // The uids in /etc/passwd, the gids in /etc/group, and what systemd gave to services.
  std::set<uint64_t> named_ids;
  std::optional<uint64_t> pids_max;  // of the container's control group
  std::string passwd, group;         // those files; empty where there is none
  // Directories on the way to what a step may see that only their owner and group may search.
  std::map<std::string, Owner> closed;
  // Directories that others may not list, and of which `named` has what lies in them.
  std::vector<std::string> listed;
  // Of what the call names, what other users may not read, and whose content is not in `named`.
  std::vector<std::string> unreadable;
  // Environments in the sources, of which the front end may run the interpreters.
  std::vector<std::string> inner_environments;
  // The content of the hook's script, where other users may not read that.
  std::optional<std::string> script;
  // Trees that the front end filled for this build, with packages: pip's build environments.
  std::vector<std::string> made_for_build;
  // All that lies in the root, but for links: what they lead to is there, or in /proc.
  struct TopLevel {
    std::string path;
    bool directory = true;
  };
  std::vector<TopLevel> top_level;
  kit::Manifest manifest;
  // Mounts in which a step would see the host itself; canonical paths, they exist.
  struct OutOfSight {
    std::string path, rule;
    bool directory = true;
  };
  std::vector<OutOfSight> host_mounts;
  // What the keys of the policy's views name, by key. A variable can stand for several paths: the
  // call's value, the container's own, and for HOME also the home directory in /etc/passwd.
  std::map<std::string, std::vector<PathFact>> paths;
  std::vector<Link>
      links;  // on the way to the build environment, its interpreter and the hook script
  // What the build environment's interpreter needs: bin, lib and the like of its own prefix, and of
  // the prefixes of the links that lead to it. Canonical; they exist.
  struct InterpreterPart {
    std::string path;
    bool directory = true;
  };
  std::vector<InterpreterPart> interpreter;
  // A file that the helper is mounted over or was copied to, and what belongs there.
  struct Original {
    std::string path;  // canonical
    std::string original;
  };
  std::vector<Original> copies;
  // What a call through an interpreter's seam names, or finds through PYTHONPATH.
  struct Named {
    std::string path;
    bool directory = true;
    // Of a file that only its owner may read, such as the requirements that `build` hands to pip.
    std::optional<std::string> content = {};
    // The named directory that it was found in; empty for what is named itself.
    std::string listed_in = {};
    // An earlier step may have made a link on the way to it. (In the root none can.)
    bool by_link = false;
  };
  std::vector<Named> named;
  // Of a question to an interpreter about itself: the environment with nothing installed in it.
  struct BareEnvironment {
    std::string config;                    // pyvenv.cfg, checked
    std::vector<std::string> directories;  // relative: where packages would be
    std::vector<Link> links;               // relative paths: the interpreter's names, lib64
  };
  BareEnvironment bare;
};

}  // namespace rind
