// Decides what of a captured directory leaves the step.
#pragma once

#include <sys/stat.h>

#include <memory>
#include <string>
#include <vector>

#include "common/base/fd.h"
#include "helper/outputs/copies.h"
#include "helper/plan/plan.h"
#include "helper/supervisor/scratch.h"

namespace rind {

// An entry that leaves.
struct Move {
  std::string path;  // where it goes
  int from = -1;     // the step's directory
  std::string name;
  enum class What { kFile, kTree, kLink, kArtefact, kMetadata, kRemoved } what = What::kFile;
  bool may_replace = false;
};

// True for what somebody may look for in /tmp or HOME afterwards. Caches and settings in HOME have
// names with a dot.
bool is_left(int directory, const std::string& name, const struct stat& st);

// True for what the sandbox made in the view's directory. The step may have replaced a link of it.
bool is_mount_point(const PlannedView& view, int directory, const std::string& name);

// Decides about one capture. Holds the step's directories open until the moves are done.
class CaptureJudge {
 public:
  CaptureJudge(const Plan& plan, const PlannedCapture& capture, const Copies& copies,
               const Scratch& scratch)
      : plan_(plan), capture_(capture), copies_(copies), top_(scratch.at(capture.path).top) {}

  // Looks at all entries. Throws Error where there is what nobody takes.
  void judge();

  const std::vector<Move>& moves() const { return moves_; }
  const std::vector<std::string>& dropped() const { return dropped_; }
  // What the call names and may not leave; "" for nothing.
  std::string refused() const;
  // True for a link at `path` that leads to a place in the directory of this call.
  bool keeps_link(const std::string& path, const std::string& target) const;

 private:
  bool is_named(const std::string& path) const;
  bool leads_to_named(const std::string& path) const;
  bool is_below_named(const std::string& path) const;
  void drop(const std::string& path);
  bool is_mount_point(const std::string& name) const;
  void visit(int directory, const std::string& path);
  void look(int directory, const std::string& name, const std::string& path, const struct stat& st);
  void look_at_rest(int directory, const std::string& name, const std::string& path,
                    const struct stat& st);
  void look_at_answer(int directory, const std::string& name, const std::string& path,
                      const struct stat& st);
  void look_at_temporary(int directory, const std::string& name, const std::string& path,
                         const struct stat& st);
  bool is_callers(const std::string& directory) const;
  bool is_for_the_call(const std::string& path, const std::string& name, bool known) const;
  void look_at_artefact(int directory, const std::string& name, const std::string& path,
                        const struct stat& st);
  void look_for_removed();
  void visit_below(int directory, const std::string& name, const std::string& path);
  std::string place_of_links(const std::string& path) const;

  const Plan& plan_;
  const PlannedCapture& capture_;
  const Copies& copies_;
  int top_;
  std::vector<std::unique_ptr<Fd>> held_;
  std::vector<Move> moves_;
  std::vector<std::string> dropped_;
  std::string refused_;
  int visited_ = 0;
};

}  // namespace rind
