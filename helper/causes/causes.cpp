#include "helper/causes/causes.h"

#include <linux/capability.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <set>
#include <utility>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/causes/denied_calls.h"
#include "helper/causes/outside.h"
#include "helper/facts/node_facts.h"
#include "helper/plan/access.h"
#include "helper/plan/git_settings.h"
#include "helper/plan/opening.h"

namespace rind {
namespace {

using Want = FailedCall::Want;

std::string verb_of(const FailedCall& call) {
  switch (call.want) {
    case Want::kLook:
      return "find";
    case Want::kRead:
      return "read";
    case Want::kWrite:
      return "write";
    case Want::kCreate:
      return "make";
    case Want::kRemove:
      return "remove";
    case Want::kChange:
      return call.call;
    case Want::kExecute:
      return "execute";
    case Want::kRename:
      return call.call;
    case Want::kConnect:
      return "connect to";
    case Want::kCall:
      break;
  }
  return call.call;
}

// The step chose the path: without quotes its words could pass for Rind's.
std::string shown(const std::string& path) { return shell_word(path); }

bool is_own_process(const std::string& path) {
  return is_within(path, "/proc/self") || is_within(path, "/proc/thread-self");
}

// Tried by every interpreter, or true of the builder's own processes alone.
bool is_in_passing(const FailedCall& call) {
  if (call.path.find("/__pycache__") != std::string::npos) return true;
  // Of every JVM, for tools that watch it; caches of code that Node.js has compiled.
  for (const char* start :
       {"/tmp/hsperfdata_", "/tmp/v8-compile-cache-", "/tmp/node-compile-cache"}) {
    if (call.path.starts_with(start)) return true;
  }
  // Where cargo notes when it used what; without it nothing else changes.
  if (call.path.ends_with("/.global-cache")) return true;
  const bool looks = call.want == Want::kLook || call.want == Want::kRead;
  return looks && is_own_process(call.path);
}

// The interpreter in the first line of a script of the container's; "" for another file.
std::string interpreter_of(const std::string& script) {
  constexpr size_t kHead = 4096;
  const std::string head = head_of_file(script, kHead);
  if (!head.starts_with("#!")) return {};
  const size_t start = head.find_first_not_of(" \t", 2);
  if (start == std::string::npos) return {};
  return head.substr(start, head.find_first_of(" \t\r\n", start) - start);
}

bool is_loopback(const std::string& address) {
  return address.starts_with("127.") || address.starts_with("[::1]") ||
         address.starts_with("0.0.0.0:") || address.starts_with("[::]:");
}

std::string port_of(const std::string& address) { return address.substr(address.rfind(':') + 1); }

struct OutOfTime {};

// What throws OutOfTime after so many seconds.
class Clock {
 public:
  explicit Clock(unsigned seconds)
      : end_(sys::monotonic_milliseconds() + static_cast<int64_t>(seconds) * 1000) {}
  void check() const {
    if (sys::monotonic_milliseconds() >= end_) throw OutOfTime();
  }

 private:
  int64_t end_;
};

// A path through links of the step's takes ten thousands of looks.
AccessFacts facts_in_time(const Clock& clock) {
  AccessFacts facts = gather_access_facts();
  facts.look = [clock, look = std::move(facts.look)](const std::string& path) {
    clock.check();
    return look(path);
  };
  return facts;
}

class Judge {
 public:
  Judge(const Policy& policy, const Plan& plan, const std::vector<FailedCall>& calls,
        const Clock& clock)
      : policy_(policy),
        plan_(plan),
        facts_(facts_in_time(clock)),
        capabilities_(own_capabilities()) {
    for (const auto& call : calls) {
      if (call.code == 0 && call.call == "bind") served_.insert(port_of(call.path));
      if (call.code == 0 && call.call == "mkdir") made_.insert(call.path);
    }
  }

  std::optional<Cause> cause_of(const FailedCall& call) const {
    if (call.code == 0) return pretended(call);
    if (call.code == EMFILE || call.want == Want::kCall) {
      const bool outside = call.code != ESRCH || builder_sees_process(call.path);
      return outside ? cause_of_call(plan_, call, capabilities_) : std::nullopt;
    }
    if (call.code == ENOSPC || call.code == EDQUOT) return full(call);
    if (!call.path.starts_with("/")) return address(call);
    if (is_in_passing(call)) return std::nullopt;
    if (call.code == EXDEV) return across(call);
    if (call.path == "/dev/tty" && call.code == ENXIO) {
      // Every bash tries it.
      if (!builder_has_terminal()) return std::nullopt;
      return Cause{"open /dev/tty: a step has a session of its own, without a terminal",
                   {},
                   "no key of the policy gives it the front end's terminal",
                   true};
    }
    if (auto found = path(call)) return found;
    if (auto found = in_other_home(call)) return found;
    return own(call);
  }

 private:
  std::optional<Cause> denied(const FailedCall& call, const Access& access, Action action) const {
    const Answer& answer = access.of(action);
    if (answer.allowed || answer.denial == Denial::kAbsent || answer.denial == Denial::kKind) {
      return std::nullopt;
    }
    const Opening opening = opening_of(policy_, plan_, access, action, facts_);
    const std::string object = call.want == Want::kRename
                                   ? shown(call.path) + " to " + shown(call.other)
                                   : shown(call.path);
    // access(2) asks, and programs can do without. So can those that set up their own process.
    const bool weak =
        (call.call == "access" && action != Action::kRead) || is_own_process(call.path);
    return Cause{verb_of(call) + " " + object + ": " + answer.why, opening.line, opening.also,
                 weak};
  }

  // A call that succeeded, and did not do what it says.
  std::optional<Cause> pretended(const FailedCall& call) const {
    if (call.call == "chown" && plan_.inner_uid == 0) {
      return Cause{
          "give " + shown(call.path) + " to another user: chown does nothing there, a step has one",
          {},
          "no key of the policy allows it",
          true};
    }
    if (call.call == "setrlimit" && plan_.limits.core == uint64_t{0}) {
      return Cause{"set the limit of core files: limits.core_bytes is 0",
                   R"({"limits": {"core_bytes": "inherit"}})",
                   {},
                   true};
    }
    const PlannedView* view = deciding_view(plan_, call.path);
    if (call.call != "open" || view == nullptr || !builder_may(call)) return std::nullopt;
    // A copy of the builder's settings says what they say.
    const bool copied =
        std::any_of(view->skeleton.begin(), view->skeleton.end(), [&](const auto& point) {
          return !point.target.empty() && point.target != git_settings_file() &&
                 call.path == view->path + "/" + point.path;
        });
    if (copied) return std::nullopt;
    const bool hidden = view->path == call.path;
    const Access access = access_of(plan_, call.path, facts_);
    const Opening opening = opening_of(policy_, plan_, access, Action::kRead, facts_);
    return Cause{"read " + shown(call.path) + ": the step has " +
                     (hidden ? "an empty file" : "a file of its own") + " there, by " + view->rule,
                 opening.line, opening.also, !hidden};
  }

  // Programs that take the home directory from /etc/passwd (every JVM) find another in the step.
  std::optional<Cause> in_other_home(const FailedCall& call) const {
    const std::string home = variable(plan_.environment, "HOME").value_or("");
    const std::string path = access_of(plan_, call.path, facts_).path;
    if (plan_.other_home.empty() || home.empty() || call.code != ENOENT || path == home ||
        !is_within(path, home)) {
      return std::nullopt;
    }
    const std::string below = path.substr(home.size());
    if (!access_of(plan_, plan_.other_home + below, facts_).container) return std::nullopt;
    // Programs look for settings directly in HOME at each start.
    const bool weak = below.find('/', 1) == std::string::npos;
    return Cause{verb_of(call) + " " + shown(call.path) + ": the builder has it in " +
                     shown(plan_.other_home) +
                     ", its home in /etc/passwd, which names HOME in the step",
                 {},
                 "let HOME and /etc/passwd name the same directory, or fetch it with HOME as the "
                 "program's home (JAVA_TOOL_OPTIONS=-Duser.home=...)",
                 weak};
  }

  // What the step would find if an earlier step had left it: there, or where its link leads.
  std::optional<Cause> own(const FailedCall& call) const {
    const Access access = access_of(plan_, call.path, facts_);
    const bool linked =
        std::any_of(access.links.begin(), access.links.end(), [&](const auto& link) {
          const PlannedView* around = deciding_view(plan_, link);
          return around != nullptr && around->view == View::kRw;
        });
    const bool opens = call.want == Want::kRead || call.want == Want::kExecute || linked;
    const PlannedView* view = deciding_view(plan_, access.path);
    if (call.code != ENOENT || !opens || !is_private(view) || is_in_made(call.path)) return {};
    // Settings and caches are looked for by every program; "<string>" is no file.
    const std::string below = access.path.substr(view->path.size());
    if (!linked && (below.find("/.") != std::string::npos || below.starts_with("/<"))) return {};
    return Cause{verb_of(call) + " " + shown(call.path) +
                     (linked ? ", a link to " + shown(access.path) : "") + ": " + view->rule +
                     " is the step's own, and empty when it begins",
                 {},
                 "what an earlier step left there is gone; let the build keep it in its sources",
                 !linked};
  }

  static bool is_private(const PlannedView* view) {
    return view != nullptr && view->kind == PlannedView::Kind::kView &&
           view->view == View::kPrivate && !view->output;
  }

  // In a directory of the step's own, of which the builder sees nothing: only modes deny it there,
  // and root outside passes over them.
  std::optional<Cause> by_mode(const FailedCall& call) const {
    const bool passes = plan_.inner_uid == 0 && (capabilities_ >> CAP_DAC_OVERRIDE & 1) != 0;
    const bool other = call.want == Want::kExecute || call.want == Want::kConnect;
    if (call.code != EACCES || !passes || other) return std::nullopt;
    if (!is_private(deciding_view(plan_, call.path))) return std::nullopt;
    return Cause{verb_of(call) + " " + shown(call.path) +
                     ": a mode denies it, and a step has no right to pass over modes",
                 {},
                 "let the build run chmod u+rwX first",
                 false};
  }

  // True below a directory that this step made itself.
  bool is_in_made(const std::string& path) const {
    for (std::string above = parent_of(path); above != "/"; above = parent_of(above)) {
      if (made_.count(above) != 0) return true;
    }
    return false;
  }

  // interpreters: how many led from one to the next.
  std::optional<Cause> path(const FailedCall& call, unsigned interpreters = 0) const {
    constexpr unsigned kMostInterpreters = 4;  // the kernel follows no more
    if (call.call == "mknod" && call.code == EPERM) {
      return cause_of_call(plan_, call, capabilities_);
    }
    if (!builder_may(call)) return by_mode(call);
    const Access access = access_of(plan_, call.path, facts_);
    switch (call.want) {
      case Want::kLook:
        return access.exists() ? std::nullopt : denied(call, access, Action::kRead);
      case Want::kRead:
        return denied(call, access, Action::kRead);
      case Want::kExecute: {
        auto found = denied(call, access, Action::kExecute);
        const std::string interpreter =
            found || call.code != ENOENT ? "" : interpreter_of(call.path);
        if (interpreter.empty() || interpreters == kMostInterpreters) return found;
        return path({Want::kExecute, call.code, call.call, interpreter, {}}, interpreters + 1);
      }
      case Want::kWrite:
        return made(call, access, access.exists() ? Action::kWrite : Action::kCreate);
      case Want::kCreate:
        return made(call, access, Action::kCreate);
      case Want::kRemove:
        return entry(call, call.path);
      case Want::kRename:
        if (auto found = entry(call, call.path)) return found;
        return entry(call, call.other);
      case Want::kChange:
        return change(call, access);
      case Want::kConnect:
        return denied(call, access, Action::kConnect);
      case Want::kCall:
        break;
    }
    return std::nullopt;
  }

  // A file was to be made, perhaps in a directory that the step does not see.
  std::optional<Cause> made(const FailedCall& call, const Access& access, Action action) const {
    if (auto found = denied(call, access, action)) return found;
    if (access.of(action).allowed) return std::nullopt;
    for (std::string above = parent_of(access.path); above != "/"; above = parent_of(above)) {
      const Access directory = access_of(plan_, above, facts_);
      if (directory.exists()) return std::nullopt;
      if (directory.container) return denied(call, directory, Action::kCreate);
    }
    return std::nullopt;
  }

  // The entry of a directory was to be removed or renamed.
  std::optional<Cause> entry(const FailedCall& call, const std::string& path) const {
    if (call.code == EBUSY) {
      return Cause{verb_of(call) + " " + shown(path) + ": it is a mount in the step",
                   {},
                   "write to the file instead of replacing it",
                   false};
    }
    return denied(call, access_of(plan_, parent_of(path), facts_), Action::kCreate);
  }

  std::optional<Cause> change(const FailedCall& call, const Access& access) const {
    if (access.own && call.call == "chown") return cause_of_call(plan_, call, capabilities_);
    if (auto found = denied(call, access, Action::kWrite)) return found;
    if (access.own) return std::nullopt;
    return cause_of_call(plan_, {Want::kCall, call.code, "chown", call.path, {}}, capabilities_);
  }

  std::optional<Cause> across(const FailedCall& call) const {
    if (!builder_may(call)) return std::nullopt;
    return Cause{call.call + " " + shown(call.path) + " to " + shown(call.other) +
                     ": they are in different mounts of the step",
                 {},
                 "copy the file (shutil.move, mv); no key of the policy joins them",
                 false};
  }

  std::optional<Cause> full(const FailedCall& call) const {
    const PlannedView* view = deciding_view(plan_, call.path);
    const bool sized = view != nullptr && view->kind == PlannedView::Kind::kView && view->size != 0;
    const bool in_memory = sized && (view->view == View::kCow || view->backing == Backing::kMemory);
    if (!in_memory) {
      return Cause{"write " + shown(call.path) + ": its file system is full",
                   {},
                   "make room on its disk",
                   false};
    }
    Cause cause = {"write " + shown(call.path) + ": the view " + view->rule +
                       " is full (its size is " + std::to_string(view->size) + " bytes)",
                   {},
                   {},
                   false};
    if (view->rule.starts_with("views.")) {
      const std::string key = view->rule.substr(std::string("views.").size());
      cause.line = Json{{"views", {{key, {{"size", view->size * 4}}}}}}.dump(
          -1, ' ', true, Json::error_handler_t::replace);
    }
    return cause;
  }

  std::optional<Cause> address(const FailedCall& call) const {
    if (plan_.network != Network::kNone || call.path.empty()) return std::nullopt;
    const bool local = is_loopback(call.path) || call.path.starts_with("@");
    if (local && !is_served(call.path)) {
      const bool refused = call.code == ECONNREFUSED || call.code == EINPROGRESS;
      if (!refused || served_.count(port_of(call.path)) != 0) return std::nullopt;
      return Cause{"connect to " + shown(call.path) + ": no process of this step listens there",
                   {},
                   "a server that an earlier step started has ended with it",
                   true};
    }
    if (!local && !has_route(call.path)) return std::nullopt;
    return Cause{"connect to " + shown(call.path) +
                     (local ? ": that server is the container's, and the step has a network of "
                              "its own"
                            : ": the step has no network"),
                 R"({"network": "container"})",
                 "in a rule of this package: the step then reaches all that the container reaches",
                 false};
  }

  const Policy& policy_;
  const Plan& plan_;
  const AccessFacts facts_;
  const uint64_t capabilities_;
  std::set<std::string> served_;  // ports at which the step itself may listen
  std::set<std::string> made_;    // directories
};

void look_for_causes(const Policy& policy, const Plan& plan, const std::vector<FailedCall>& calls,
                     const Clock& clock, std::vector<Cause>& causes) {
  constexpr size_t kMost = 64;
  const Judge judge(policy, plan, calls, clock);
  std::set<std::string> seen, said;
  for (auto call = calls.rbegin(); call != calls.rend() && causes.size() < kMost; ++call) {
    if (!seen.insert(encode(*call)).second) continue;
    clock.check();
    std::optional<Cause> cause = judge.cause_of(*call);
    if (!cause || !said.insert(cause->what).second) continue;
    causes.push_back(std::move(*cause));
  }
}

}  // namespace

std::vector<Cause> find_causes(const Policy& policy, const Plan& plan,
                               const std::vector<FailedCall>& calls, unsigned seconds) {
  std::vector<Cause> causes;
  if (calls.empty()) return causes;
  try {
    look_for_causes(policy, plan, calls, Clock(seconds), causes);
  } catch (const OutOfTime&) {
    if (causes.empty()) {
      throw Error("look at what it was denied",
                  "the paths that it used take longer than " + std::to_string(seconds) + " s",
                  "ask for single paths by `rind explain --path PATH`");
    }
  }
  std::stable_partition(causes.begin(), causes.end(), [](const Cause& c) { return !c.weak; });
  return causes;
}

}  // namespace rind
