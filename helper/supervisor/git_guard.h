// Keeps git from running what a step left in the repositories of its sources.
//
// git runs what a repository names: hooks, and commands in its configuration. The front end calls
// git in the sources, outside of every step. After a step these parts of every repository in the
// tree are restored, and removed from a repository that the step made. Objects, refs, HEAD and the
// index stay as the step left them: later steps use its commits and tags. A configuration that runs
// nothing stays, too (helper/supervisor/git_mend.h).
//
// The walks that lend the tree and give it back find repositories by name: every `.git`, and every
// directory with a HEAD that git would take for a repository.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/fd.h"
#include "helper/facts/facts.h"
#include "helper/supervisor/chown_tree.h"

namespace rind {

class GitGuard {
 public:
  // tree: the top, canonical.
  explicit GitGuard(std::string tree);

  // Call this for each entry of the tree in a walk (helper/supervisor/chown_tree.h).
  void see(std::string_view name, const PathOf& place);
  // Call this when the tree contains files of a step whose supervisor was killed: then nothing in
  // it is remembered.
  void distrust() { trusted_ = false; }
  // Call this after the walk before the step. top: the tree, open.
  void remember(int top);
  // Restores the tree. Call this after the walk when every process of the step is dead. When it
  // cannot restore something, it restores the rest and throws Error; it may be called again.
  // A restored file gets the owner of the file that it replaces. owner: for a file whose owner is
  // not known; nothing to keep the caller's own.
  void put_back(int top, std::optional<Owner> owner);
  // True when a step may have run.
  bool has_memory() const { return remembered_; }
  // The directories in the tree with a `.git` or a HEAD, before the step; absolute. Call this after
  // remember().
  std::vector<std::string> places_before() const;
  // One line for people about what was restored or removed; "" for nothing.
  std::string said() const;

 private:
  // A file or link as it was. Of a large file only the digest is known.
  struct Part {
    enum class Kind { kAbsent, kFile, kLink, kDirectory, kOther } kind = Kind::kAbsent;
    unsigned mode = 0;
    Owner owner = {};
    uint64_t size = 0;
    std::string digest;                  // "" for a file that was not read
    std::optional<std::string> content;  // the target of a link
    bool operator==(const Part& other) const {
      const bool known = kind != Kind::kFile || !digest.empty();
      return kind == other.kind && known && digest == other.digest &&
             (mode & 0111) == (other.mode & 0111);
    }
  };
  struct Repository {
    std::map<std::string, Part> parts;  // by path in it: config, hooks/NAME
  };
  // What a `.git` or a `commondir` leads to.
  struct Pointer {
    Part part;
    std::string target;   // canonical, "" for nothing
    bool inside = false;  // the target and the way to it are in the tree
  };

  std::set<std::string> take_places();
  // Throws Error when there were more places than a guard keeps.
  void require_all_places() const;
  // before: the part before the step, if known. A large file is read only if it may be the same.
  Part look(int directory, const std::string& name, const Part* before);
  Repository read_repository(const Fd& directory);
  static std::string path_in(const std::string& name, const Part& part);
  Pointer follow(const std::string& place, const std::string& name, const Part& part) const;
  void mend(const Fd& directory, const std::string& place);
  void mend_pointer(const Fd& directory, const std::string& place, const char* name);
  void mend_repository(const Fd& directory, const std::string& place);
  void mend_config(const Fd& directory, const std::string& place, const char* name);
  void mend_part(const Fd& directory, const std::string& place, const std::string& part);
  const Part* remembered(const std::string& place, const std::string& part) const;
  void renew(int directory, const std::string& name, const Part& part) const;
  void restore(int directory, const std::string& name, const std::string& path, const Part& now,
               const Part* before);
  void replace(int directory, const std::string& name, const std::string& content, unsigned mode,
               const Part& old) const;
  // Calls `put`, which replaces what the step left at `path`.
  void replace_or_remove(int directory, const std::string& name, const std::string& path,
                         const std::function<void()>& put);

  std::string tree_;
  std::optional<Owner> owner_;
  bool trusted_ = true;
  bool remembered_ = false;  // before that no step has run: nothing to restore
  bool too_many_ = false;
  std::set<std::string> places_;  // directories in the tree, relative
  std::set<std::string> places_before_;
  std::map<std::string, Repository> repositories_;
  std::map<std::string, Pointer> pointers_;  // by path in the tree
  size_t kept_ = 0;                          // bytes of content
  uint64_t read_ = 0;                        // bytes of large files
  std::vector<std::string> said_;
  // Removed, and nothing could be put in their place. With the reasons.
  std::map<std::string, std::string> lost_;
};

}  // namespace rind
