// What a step leaves in the repositories of its sources must not run when the front end calls git.
//
// git executes what a repository says: hooks, and commands that its configuration names. The front
// end calls git in the sources, outside of every step. After a step those parts of every repository
// in the tree are as they were before it, and of a repository that the step made they are gone.
// Objects, refs, HEAD and the index stay as the step left them: commits and tags are for later
// steps. So does a configuration that runs nothing (helper/supervisor/git_config.h).
//
// Repositories are found by name in the walk that lends the tree, and in the one that gives it
// back: every `.git`, and every directory that git would take for a repository, whatever it is
// called.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/fd.h"
#include "helper/facts/facts.h"

namespace rind {

class GitGuard {
 public:
  // tree: the top, canonical.
  explicit GitGuard(std::string tree);

  // For each entry of the tree in a walk. path: of the entry, absolute.
  void see(const std::string& name, const std::function<std::string()>& path);
  // The tree has something of a step whose supervisor was killed: nothing in it is remembered.
  void distrust() { trusted_ = false; }
  // After the walk before the step. top: the tree, open.
  void remember(int top);
  // After the walk when everything of the step is dead. Throws Error when something cannot be put
  // back, and all else has been; it may be called again.
  // owner: whose the files are that are made anew; nothing where the caller's own are right.
  void put_back(int top, std::optional<Owner> owner);
  // True once a step may have run.
  bool has_memory() const { return remembered_; }
  // What is not as the step left it: one line for people, "" for nothing.
  std::string said() const;

 private:
  // A file or link as it was. A large file is known by its digest alone.
  struct Part {
    enum class Kind { kAbsent, kFile, kLink, kDirectory, kOther } kind = Kind::kAbsent;
    unsigned mode = 0;
    uint64_t size = 0;
    std::string digest;                  // "" for a file that was not read
    std::optional<std::string> content;  // of a link its target
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
    bool inside = false;  // it is in the tree, and so is the way to it
  };

  std::set<std::string> take_places();
  // before: what was there before the step, as far as that is known. A large file is read only
  // where it may be the same.
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
  void restore(int directory, const std::string& name, const std::string& path, const Part* before);

  void make(int directory, const std::string& name, const std::string& content,
            unsigned mode) const;
  void give(int directory, const std::string& name) const;

  std::string tree_;
  std::optional<Owner> owner_;
  bool trusted_ = true;
  bool remembered_ = false;  // until then no step has run, and nothing is to be put back
  bool too_many_ = false;
  std::set<std::string> places_;  // directories in the tree, relative
  std::map<std::string, Repository> repositories_;
  std::map<std::string, Pointer> pointers_;  // by path in the tree
  size_t kept_ = 0;                          // bytes of content
  uint64_t read_ = 0;                        // bytes of large files
  std::vector<std::string> said_;
};

}  // namespace rind
