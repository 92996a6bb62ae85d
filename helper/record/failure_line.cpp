#include "helper/record/failure_line.h"

#include <sys/wait.h>

#include <algorithm>
#include <cstring>

#include "common/base/error.h"
#include "common/base/text.h"
#include "common/kit/manifest.h"
#include "helper/plan/credential.h"

namespace rind {
namespace {

std::string name_of(const Step& step) {
  std::string name = step.hook.empty() ? "the " + to_string(step.kind) : step.hook;
  if (!step.package.empty()) name += " of " + step.package;
  return name;
}

// Files in these views take memory.
std::string views_in_memory(const Plan& plan) {
  std::string names;
  for (const auto& view : plan.views) {
    const bool in_memory = view.kind == PlannedView::Kind::kView &&
                           (view.view == View::kCow ||
                            (view.view == View::kPrivate && view.backing == Backing::kMemory));
    if (in_memory) names += (names.empty() ? "" : ", ") + view.rule;
  }
  return names.empty() ? names : " (files in these views take memory: " + names + ")";
}

// What the kernel denied or ended, each part after "; ".
std::string refusals(const Plan& plan, const StepResult& result) {
  std::string out;
  const auto add = [&](const std::string& text) { out += "; " + text; };
  if (result.end.timed_out) {
    add("Rind ended it after limits.wall_clock_seconds (" +
        std::to_string(plan.limits.wall_clock.value_or(0)) + ")");
  }
  if (result.end.step.killed_by_seccomp) {
    add("seccomp killed a process for a system call of another architecture (\"seccomp\": "
        "\"multiarch\" in the policy allows 32-bit programs)");
  }
  if (result.out_of_memory) {
    add("the kernel killed a process of the container because memory ran out" +
        views_in_memory(plan));
  }
  if (result.end.step.refused_network != 0) {
    add("network: " + std::to_string(result.end.step.refused_network) +
        " packets or connections had no route");
  }
  return out;
}

// "; without WHAT A, B and 3 more WHY", or "" for no names.
std::string listed(const std::string& what, const std::vector<std::string>& names,
                   const std::string& why) {
  constexpr size_t kMost = 8;
  if (names.empty()) return {};
  std::string out = "; without " + what;
  for (size_t i = 0; i < std::min(names.size(), kMost); ++i) out += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > kMost) out += " and " + std::to_string(names.size() - kMost) + " more";
  return out + why;
}

// Names those that the front end gave, and counts the container's.
std::string missing_variables(const Plan& plan) {
  const std::vector<std::string> all = not_given(plan.decisions);
  const auto of_container = static_cast<size_t>(
      std::count_if(plan.decisions.begin(), plan.decisions.end(), [](const auto& decision) {
        return decision.origin == VariableOrigin::kContainer && !decision.kept;
      }));
  if (all.empty()) return {};
  std::string out = listed("the variables ", {all.begin(), all.end() - of_container}, "");
  if (of_container != 0) {
    out += (out.empty() ? "; without " : " and ") + std::to_string(of_container) +
           (of_container == 1 ? " variable" : " variables") + " of the container's";
  }
  return out + " (environment.keep_also keeps a variable, `rind explain` names them)";
}

// The hook sets one name for all containers, and HOSTNAME still has the engine's.
std::string another_host_name(const Plan& plan, const StepResult& result) {
  const std::string told = variable(plan.environment, "HOSTNAME").value_or("");
  constexpr size_t kContainerId = 12;  // the engine's own choice
  const bool is_id = told.size() == kContainerId &&
                     told.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (told.empty() || is_id || told == result.host_name || result.host_name.empty()) return {};
  return "; the host name is " + result.host_name + ", not " + told +
         " as in HOSTNAME (containers.host_name in the policy sets it)";
}

// What the step could not do, and what would allow it.
std::string denied(const Plan& plan, const StepResult& result) {
  if (!result.untraced.empty()) return "; what it was denied is not known: " + result.untraced;
  if (!result.traced) return {};
  if (result.causes.empty() && result.again && *result.again != result.end.step.status) {
    return "; when it ran again under a tracer, it ended with " + ending(*result.again);
  }
  if (result.causes.empty()) {
    return "; it ran again under a tracer: Rind denied no system call" +
           another_host_name(plan, result);
  }
  // The step's own mistake is more likely than these.
  const bool in_passing = result.causes.front().weak;
  std::string out = in_passing ? "; Rind denied only what programs try in passing: " : "; ";
  out += "it could not ";
  const std::vector<std::string> named = named_causes(result);
  for (size_t i = 0; i < named.size(); ++i) out += (i == 0 ? "" : "; or ") + named[i];
  const size_t more = result.causes.size() - named.size();
  return more == 0 ? out : out + "; and " + std::to_string(more) + " more";
}

// The words as a shell reads them.
std::string shell_words(const std::vector<std::string>& words) {
  std::string line;
  for (const auto& word : words) line += (line.empty() ? "" : " ") + shell_word(word);
  return line;
}

// The command as somebody may type it again; COMMAND where it is long or has a credential.
std::string typed(const Plan& plan) {
  constexpr size_t kLongest = 300;
  const std::string line = shell_words(plan.command);
  const bool secret = std::any_of(
      plan.command.begin(), plan.command.end(),
      [](const std::string& word) { return cut_credentials(word).left != CutValue::Left::kAll; });
  const bool plain = printable(line) == line;
  return secret || !plain || line.size() > kLongest ? "COMMAND" : line;
}

std::string how_to_look_closer(const Plan& plan, const Step& step) {
  const std::string rind = kit::kHelper;
  if (step.kind == Step::Kind::kHook && !step.source.empty()) {
    return rind + " why --hook " + step.hook + " --source " + shell_words({step.source});
  }
  return "(cd " + shell_words({plan.cwd}) + " && " + rind + " why -- " + typed(plan) + ")";
}

}  // namespace

std::string ending(int wait_status) {
  if (WIFSIGNALED(wait_status)) {
    const int signal = WTERMSIG(wait_status);
    return "signal " + std::to_string(signal) + " (" + ::strsignal(signal) + ")";
  }
  return "exit status " + std::to_string(WEXITSTATUS(wait_status));
}

std::vector<std::string> named_causes(const StepResult& result) {
  constexpr size_t kMost = 4;
  std::vector<std::string> named;
  for (const auto& cause : result.causes) {
    if (named.size() == kMost || (cause.weak && !named.empty())) break;
    std::string text = cause.what;
    if (!cause.line.empty()) text += " (a rule of the package allows it: " + cause.line;
    if (!cause.also.empty()) text += (cause.line.empty() ? " (" : "; ") + cause.also;
    if (!cause.line.empty() || !cause.also.empty()) text += ")";
    named.push_back(std::move(text));
  }
  return named;
}

std::string failure_line(const Plan& plan, const Step& step, const StepResult& result) {
  if (!result.waited_for.empty()) {
    return printable(name_of(step) + " did not start; it waited for " + result.waited_for +
                     ", which another step is using, until " +
                     (result.end.timed_out
                          ? "limits.wall_clock_seconds (" +
                                std::to_string(plan.limits.wall_clock.value_or(0)) + ")"
                          : ending(result.end.step.status)));
  }
  std::string line = name_of(step) + " ended with " + ending(result.end.step.status);
  line += "; it ran isolated (" + to_string(plan.identity.mode) + " uid " +
          std::to_string(plan.uid) + ", network " + to_string(plan.network) + ", seccomp " +
          to_string(plan.seccomp) + ")";
  line += refusals(plan, result);
  line += denied(plan, result);
  if (!step.distrust.empty())
    line += "; it is not trusted, although the policy lists it: " + step.distrust;
  for (const auto& absent : result.absent) line += "; without " + absent;
  for (const auto& named : plan.in_vain) line += "; " + named;
  if (plan.reads_pipe) {
    line +=
        "; it reads standard input: Rind does not know the paths that it is told there (name them "
        "in arguments, or let steps write there by views in the policy)";
  }
  line += missing_variables(plan);
  line += listed("the container's devices ", plan.devices.not_given,
                 " (devices in the policy gives them)");
  line += "; for details run " + how_to_look_closer(plan, step);
  return printable(line);
}

std::string without_line(const Plan& plan, const Step& step, const StepResult& result) {
  std::string line;
  if (!plan.identity.reason.empty()) {
    line += "; it ran as the builder's uid " + std::to_string(plan.uid) +
            ", without an identity of its own: " + plan.identity.reason;
  }
  for (const auto& closed : result.closed) line += "; without " + closed;
  return line.empty() ? line : printable(name_of(step) + " succeeded" + line);
}

}  // namespace rind
