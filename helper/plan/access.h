// What a step can do with one path, and what keeps it from more. Pure.
//
// The path is resolved as the step's own processes would: against its working directory, through
// its links and views, with the rights of its uid. A process in the step has no capability, so root
// inside is an ordinary uid.
#pragma once

#include <string>
#include <vector>

#include "helper/facts/node_facts.h"
#include "helper/plan/plan.h"

namespace rind {

enum class Action {
  kRead,     // open a file for reading; list a directory
  kWrite,    // open a file for writing; for a directory: the same as kCreate
  kExecute,  // execute a file; search a directory
  kCreate,   // make a file in the directory, or the path itself where it does not exist
  kConnect,  // connect to a unix socket
};
std::string to_string(Action action);
inline constexpr Action kActions[] = {Action::kRead, Action::kWrite, Action::kExecute,
                                      Action::kCreate, Action::kConnect};

// What denies an action.
enum class Denial {
  kNone,           // nothing: it is allowed
  kKind,           // files of this type have no such action, or a file is in the way
  kAbsent,         // the container does not have the path
  kHidden,         // a view hides the path, or the step has an empty directory there
  kReadOnlyView,   // the view is read-only, or the root is
  kReadOnlyMount,  // the container's own mount is read-only
  kNoexecView,     // the view says noexec
  kNoexecMount,    // the container's own mount is noexec
  kMode,           // owner and mode (or an ACL) of the path itself
  kWay,            // owner and mode of a directory on the way; Answer::at names it
  kLink,           // a link of a third user in a directory like /tmp, or a loop of links
  kCow,            // a file of another owner in a cow view: the kernel cannot copy it
  kDevice,         // the container has the device, and `devices` does not name it
  kProcess,        // a process of the container: the step has processes of its own
};
std::string to_string(Denial denial);

struct Answer {
  bool allowed = false;
  Denial denial = Denial::kNone;
  std::string why;  // for people; "" when allowed
  std::string at;   // the path that denies it; usually the path itself
};

struct Access {
  std::string asked;               // as it was asked
  std::string path;                // where it leads in the step: absolute, no links, no ".."
  std::vector<std::string> links;  // the links that it goes through
  // In the step. For a path that is absent, the facts are empty.
  NodeFact fact;
  bool own = false;                 // the step's uid owns it
  bool container = false;           // the container has the path, whatever the step sees
  bool depends_on_process = false;  // in /proc/self
  // The view that decides; "ro" and "the root is read-only" where none does. place: where that view
  // is mounted, "" for the root.
  std::string view, rule, place;
  Answer read, write, execute, create, connect;

  bool exists() const { return fact.type != NodeFact::Type::kAbsent; }
  const Answer& of(Action action) const;
};

// path: as the step's processes would name it; "~" and "~/x" stand for the step's HOME. The plan
// may be one that has not run, or one that has ended: the trees that it lends are taken as the
// step's.
Access access_of(const Plan& plan, const std::string& path, const AccessFacts& facts);

// The name of a view as `explain` prints it: "ro", "hidden", "devices".
std::string name_of_view(const PlannedView& view);

}  // namespace rind
