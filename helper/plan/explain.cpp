#include "helper/plan/explain.h"

#include <algorithm>
#include <tuple>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "helper/plan/access.h"

namespace rind {
namespace {

Json step_json(const Step* step) {
  if (step == nullptr) return nullptr;
  Json outputs = Json::array();
  for (const auto& output : step->outputs) {
    outputs.push_back(
        {{"name", output.name}, {"path", output.path}, {"writable", output.writable}});
  }
  Json captures = Json::array();
  for (const auto& capture : step->captures) {
    captures.push_back(
        {{"kind", to_string(capture.kind)}, {"path", capture.path}, {"named", capture.named}});
  }
  return {{"kind", to_string(step->kind)}, {"hook", step->hook},
          {"package", step->package},      {"build_environment", step->build_environment},
          {"source", step->source},        {"control", step->control},
          {"outputs", std::move(outputs)}, {"captures", std::move(captures)}};
}

std::string padded(const std::string& text, size_t width) {
  return text.size() >= width ? text + " " : text + std::string(width - text.size(), ' ');
}

Json view_json(const PlannedView& view) {
  Json entry = {{"path", view.path}, {"view", name_of_view(view)}, {"rule", view.rule}};
  if (view.kind != PlannedView::Kind::kView) return entry;
  if (view.noexec) entry["noexec"] = true;
  if (view.output) entry["output"] = true;
  if (view.view == View::kPrivate) entry["backing"] = to_string(view.backing);
  if (view.size != 0) entry["size"] = view.size;
  if (view.view == View::kCow) {
    entry["directories"] = view.directories;
    entry["fallback"] = to_string(view.fallback);
  }
  return entry;
}

// The ids that the step may get: those of the leases, except ids that are in use already.
std::vector<unsigned> possible_ids(const Plan& plan) {
  std::vector<unsigned> ids;
  for (const unsigned id : plan.identity.ids) {
    if (id != PlannedIdentity::kNoId) ids.push_back(id);
  }
  return ids;
}

Json identity_json(const Plan& plan) {
  Json identity = {{"mode", to_string(plan.identity.mode)}};
  if (plan.identity.mode == PlannedIdentity::Mode::kEphemeral) {
    const std::vector<unsigned> ids = possible_ids(plan);
    identity["first"] = ids.front();
    identity["last"] = ids.back();
    Json lent = Json::array();
    for (const auto& tree : plan.lent) lent.push_back(tree.path);
    identity["lent"] = std::move(lent);
  } else {
    identity["uid"] = plan.uid;
    identity["gid"] = plan.gid;
    if (!plan.identity.reason.empty()) identity["reason"] = plan.identity.reason;
  }
  return identity;
}

Json number_or_inherit(const std::optional<uint64_t>& value) {
  return value ? Json(*value) : Json("inherit");
}

Json limits_json(const LimitRules& limits) {
  return {{"wall_clock_seconds", number_or_inherit(limits.wall_clock)},
          {"grace_seconds", limits.grace},
          {"processes", number_or_inherit(limits.processes)},
          {"open_files", number_or_inherit(limits.open_files)},
          {"address_space_bytes", number_or_inherit(limits.address_space)},
          {"core_bytes", number_or_inherit(limits.core)},
          {"tree_entries", number_or_inherit(limits.tree_entries)},
          {"tree_depth", number_or_inherit(limits.tree_depth)}};
}

std::string identity_text(const Plan& plan) {
  if (plan.identity.mode == PlannedIdentity::Mode::kEphemeral) {
    const std::vector<unsigned> ids = possible_ids(plan);
    std::string text = "ephemeral, one of the uids " + std::to_string(ids.front()) + " to " +
                       std::to_string(ids.back());
    for (const auto& tree : plan.lent) text += "\n  owned by the step while it runs: " + tree.path;
    return text;
  }
  std::string text = "self, uid " + std::to_string(plan.uid) + ", gid " + std::to_string(plan.gid);
  if (!plan.identity.reason.empty()) text += " (" + plan.identity.reason + ")";
  return text;
}

std::string limits_text(const LimitRules& limits) {
  std::string text;
  const Json values = limits_json(limits);
  for (const auto& [name, value] : values.items()) {
    if (value.is_number()) text += " " + name + "=" + value.dump();
  }
  return text.empty() ? " none" : text;
}

std::string lowered_text(const Plan& plan) {
  if (plan.pids_max == 0) return {};
  return " (processes: half of the container's pids limit of " + std::to_string(plan.pids_max) +
         ")";
}

// What became of a variable: "dropped", "cut" (of a credential), or "kept".
const char* fate_of(const EnvironmentDecision& decision) {
  return !decision.kept ? "dropped" : !decision.cut.empty() ? "cut" : "kept";
}

// The dropped first, then the cut, each by name.
std::vector<EnvironmentDecision> sorted_decisions(const Plan& plan) {
  std::vector<EnvironmentDecision> decisions = plan.decisions;
  std::sort(decisions.begin(), decisions.end(), [](const auto& a, const auto& b) {
    const bool a_whole = a.kept && a.cut.empty(), b_whole = b.kept && b.cut.empty();
    return std::tie(a.kept, a_whole, a.name) < std::tie(b.kept, b_whole, b.name);
  });
  return decisions;
}

// "1 GiB", "64 KiB", "100000 bytes"
std::string bytes_text(uint64_t bytes) {
  static constexpr std::pair<unsigned, const char*> kUnits[] = {
      {30, "GiB"}, {20, "MiB"}, {10, "KiB"}};
  for (const auto& [shift, unit] : kUnits) {
    const uint64_t one = uint64_t{1} << shift;
    if (bytes >= one && bytes % one == 0) return std::to_string(bytes / one) + " " + unit;
  }
  return std::to_string(bytes) + " bytes";
}

// How much a step can write to a view; "" where the view has no limit of its own.
std::string size_text(const PlannedView& view) {
  if (view.kind != PlannedView::Kind::kView || view.size == 0) return {};
  std::string text;
  if (view.view == View::kCow) {
    text = "at most " + bytes_text(view.size) + " of changes in memory, in " +
           std::to_string(view.directories) + " directories";
  } else if (view.view == View::kPrivate && view.backing == Backing::kMemory) {
    text = "at most " + bytes_text(view.size) + " in memory";
  } else if (view.view == View::kPrivate) {
    text = "the disk's free space; " + bytes_text(view.size) +
           " of memory where no directory can be made";
  }
  return text.empty() ? text : " (" + text + ")";
}

std::string views_text(const Plan& plan) {
  std::string out = "  " + padded("ro", 13) + padded("/", 50) + "the root is read-only\n";
  for (const auto& view : plan.views) {
    std::string name = name_of_view(view);
    if (view.kind == PlannedView::Kind::kView && view.view == View::kPrivate) {
      name += view.backing == Backing::kDisk ? ",disk" : ",mem";
    }
    if (view.noexec) name += ",noexec";
    out += "  " + padded(name, 13) + padded(view.path, 50) + view.rule + size_text(view) + "\n";
  }
  return out;
}

std::string taken_text(const PlannedOutput& output, const std::string& package) {
  const std::string of = package.empty() ? "" : " of " + package;
  switch (output.kind) {
    case PlannedOutput::Kind::kControl:
      return "output.json";
    case PlannedOutput::Kind::kSdist:
      return "the sdist" + of;
    case PlannedOutput::Kind::kMetadata:
      return "the .dist-info directory" + of;
    case PlannedOutput::Kind::kWheel:
      break;
  }
  return "the wheel" + of;
}

std::string taken_text(const PlannedCapture& capture) {
  using Kind = Step::Capture::Kind;
  if (capture.shared || capture.kind == Kind::kEnvironment) return "what the call names in it";
  if (capture.kind == Kind::kTemporary) return "what is new in it";
  if (capture.of_package) return "artefacts of the package, and new directories";
  return capture.any_package ? "artefacts" : "artefacts of the package, and what the call names";
}

std::string outputs_text(const Plan& plan) {
  std::string out;
  for (const auto& output : plan.outputs) {
    out += "\noutput " + output.name + ": " + output.path + ": " + taken_from(plan, output.path);
  }
  for (const auto& capture : plan.captures) {
    out += "\nmay leave files in " + capture.path + ": " + taken_from(plan, capture.path);
  }
  return out;
}

}  // namespace

std::string taken_from(const Plan& plan, const std::string& place) {
  const std::string here = "the step has a private directory in its place; ";
  for (const auto& output : plan.outputs) {
    if (output.path != place) continue;
    const std::string when = " is taken from it when the step ends well";
    return (output.in_place ? "the step writes there directly; " : here) +
           taken_text(output, plan.package) + when;
  }
  for (const auto& capture : plan.captures) {
    if (capture.path == place) return here + taken_text(capture) + " leaves it";
  }
  return {};
}

std::string safe_lines(const std::string& text) {
  std::string safe;
  for (size_t start = 0; start < text.size();) {
    const size_t end = text.find('\n', start);
    safe += printable(text.substr(start, end - start)) + "\n";
    start = end + 1;
  }
  return safe;
}

Json explain_json(const Plan& plan, const Step* step) {
  if (step == nullptr) return {{"version", 1}, {"step", nullptr}};
  Json views = Json::array();
  for (const auto& view : plan.views) views.push_back(view_json(view));
  Json environment = Json::array();
  for (const auto& decision : sorted_decisions(plan)) {
    environment.push_back(
        {{"name", decision.name}, {"kept", decision.kept}, {"rule", decision.rule}});
    if (decision.kept && !decision.cut.empty()) environment.back()["cut"] = decision.cut;
  }
  return {{"version", 1},
          {"step", step_json(step)},
          {"rules", plan.rules},
          {"command", plan.command},
          {"cwd", plan.cwd},
          {"stdin", plan.null_stdin ? "null" : "inherited"},
          {"identity", identity_json(plan)},
          {"namespaces", names_of(plan.namespaces)},
          {"network", to_string(plan.network)},
          {"limits", limits_json(plan.limits)},
          {"seccomp", to_string(plan.seccomp)},
          {"absent", plan.absent},
          {"root", "ro"},
          {"views", std::move(views)},
          {"masked_proc", plan.masked_proc},
          {"devices", plan.devices.given},
          {"devices_not_given", plan.devices.not_given},
          {"terminals", to_string(plan.terminals)},
          {"environment", std::move(environment)}};
}

std::string explain_text(const Plan& plan, const Step* step) {
  if (step == nullptr) {
    return "a trusted command, not a step: it has no network, and sees the container as it is\n";
  }
  std::string out = "step: " + to_string(step->kind) + (step->hook.empty() ? "" : " " + step->hook);
  if (!step->package.empty()) out += " of " + step->package;
  for (const auto& rule : plan.rules) {
    const bool of_package = !rule.starts_with("seams.");
    out += (of_package ? "\nrule for this package: packages." : "\nrule for installs: ") + rule;
  }
  out += "\ncommand:";
  for (const auto& word : plan.command) out += " " + word;
  if (!plan.starter.empty())
    out += "\nstarted by: " + plan.starter[0] + ", which reads BASH_ENV first";
  out += "\nworking directory: " + plan.cwd + outputs_text(plan) +
         "\nstandard input: " + (plan.null_stdin ? "/dev/null" : "the caller's") +
         "\nidentity: " + identity_text(plan);
  out += "\nnamespaces:";
  for (const auto& name : names_of(plan.namespaces)) out += " " + name;
  out += std::string("; network: ") +
         (plan.network == Network::kNone ? "loopback only" : "the container's") +
         "\nlimits:" + limits_text(plan.limits) + lowered_text(plan) +
         "\nseccomp: " + to_string(plan.seccomp);
  for (const auto& absent : plan.absent) out += "\nwithout " + absent;
  for (const auto& closed : plan.closed) out += "\nwithout " + closed;
  for (const auto& named : plan.in_vain) out += "\nout of reach: " + named;
  out += "\ndevices:";
  for (const auto& name : plan.devices.given) out += " " + name;
  for (const auto& name : plan.devices.not_given) {
    out += "\nnot given: " + name + " (in the container's /dev, not in devices)";
  }
  out += "\nviews, outermost first:\n" + views_text(plan) + "environment (names only):\n";
  for (const auto& decision : sorted_decisions(plan)) {
    out += "  " + padded(fate_of(decision), 9) + padded(decision.name, 50) + decision.rule;
    if (decision.kept && !decision.cut.empty()) out += ", without " + decision.cut;
    out += "\n";
  }
  return safe_lines(out);
}

}  // namespace rind
