#include "hook/records/step_line.h"

#include <algorithm>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "hook/records/times.h"

namespace rind::hook {
namespace {

// A value of another type is as one that is not there.
const Json& member(const Json& object, const char* key) {
  static const Json kNothing;
  if (!object.is_object()) return kNothing;
  const auto found = object.find(key);
  return found == object.end() ? kNothing : *found;
}

std::string text(const Json& object, const char* key) {
  const Json& value = member(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::vector<std::string> texts(const Json& object, const char* key) {
  std::vector<std::string> out;
  const Json& value = member(object, key);
  if (!value.is_array()) return out;
  for (const auto& element : value) {
    if (element.is_string()) out.push_back(element.get<std::string>());
  }
  return out;
}

std::optional<uint64_t> count(const Json& object, const char* key) {
  // What a sum of all lines has room for.
  constexpr uint64_t kMost = uint64_t{1} << 60;
  const Json& value = member(object, key);
  if (!value.is_number_unsigned() || value.get<uint64_t>() > kMost) return std::nullopt;
  return value.get<uint64_t>();
}

std::optional<int64_t> small(const Json& object, const char* key) {
  const auto value = count(object, key);
  constexpr uint64_t kMost = 255;
  return value && *value <= kMost ? std::optional<int64_t>(static_cast<int64_t>(*value))
                                  : std::nullopt;
}

std::optional<double> seconds(const Json& object, const char* key) {
  constexpr double kMost = 1e9;  // 31 years
  const Json& value = member(object, key);
  if (!value.is_number()) return std::nullopt;
  return std::clamp(value.get<double>(), 0.0, kMost);
}

bool flag(const Json& object, const char* key) {
  const Json& value = member(object, key);
  return value.is_boolean() && value.get<bool>();
}

void read_outcome(const Json& outcome, StepLine& step) {
  step.exit_status = small(outcome, "exit_status");
  step.signal = small(outcome, "signal");
  step.error = text(outcome, "error");
  step.causes = texts(outcome, "causes");
  step.limit = text(outcome, "limit");
  step.refused_network = count(outcome, "refused_network").value_or(0);
  step.out_of_memory = flag(outcome, "out_of_memory");
  step.killed_by_seccomp = flag(outcome, "killed_by_seccomp");
}

void read_outputs(const Json& outputs, StepLine& step) {
  if (!outputs.is_array()) return;
  for (const auto& output : outputs) {
    step.outputs.push_back({text(output, "name"), text(output, "path"), text(output, "sha256"),
                            count(output, "size").value_or(0)});
  }
}

void add(std::string& to, const std::string& part) { to += (to.empty() ? "" : "; ") + part; }

}  // namespace

bool StepLine::failed() const {
  return exit_status != 0 || signal || !error.empty() || !limit.empty();
}

std::optional<StepLine> step_line_of(const Json& value) {
  StepLine step;
  step.start_text = text(value, "start");
  step.end_text = text(value, "end");
  const auto start = parse_time(step.start_text), end = parse_time(step.end_text);
  if (!start || !end) return std::nullopt;
  step.start = std::min(*start, *end);
  step.end = *end;
  step.id = text(value, "id");
  step.container = text(value, "container");
  step.duration = seconds(value, "duration").value_or(0);
  step.kind = text(value, "kind");
  step.hook = text(value, "hook");
  step.package = text(value, "package");
  step.source = text(value, "source");
  step.build_environment = text(value, "build_environment");
  step.program = text(value, "program");
  const Json& identity = member(value, "identity");
  step.identity = text(identity, "mode");
  step.identity_reason = text(identity, "reason");
  step.uid = count(identity, "uid").value_or(0);
  step.network = text(value, "network");
  step.seccomp = text(value, "seccomp");
  step.namespaces = texts(value, "namespaces");
  step.rules = texts(value, "rules");
  step.absent = texts(value, "absent");
  read_outcome(member(value, "outcome"), step);
  const Json& usage = member(value, "usage");
  step.peak_memory = count(usage, "peak_memory");
  step.written = count(usage, "written");
  step.user_time = seconds(usage, "user_time");
  step.system_time = seconds(usage, "system_time");
  read_outputs(member(value, "outputs"), step);
  step.withheld = texts(value, "withheld");
  step.dropped = texts(value, "dropped");
  step.dropped_count =
      std::max<uint64_t>(count(value, "dropped_count").value_or(0), step.dropped.size());
  return step;
}

std::optional<StepLine> parse_step_line(const std::string& text) {
  try {
    return step_line_of(parse_json(text, "a record"));
  } catch (const Error&) {
    return std::nullopt;  // cut off by a crash, or no record
  }
}

std::string step_name(const StepLine& step) {
  if (!step.hook.empty()) return step.hook;
  const std::string program = base_name(step.program);
  if (program.empty()) return step.kind;
  return step.kind.empty() ? program : step.kind + ": " + program;
}

std::string verdict(const StepLine& step) {
  if (!step.error.empty()) return "refused";
  if (!step.limit.empty()) return "time limit";
  if (step.signal) return "signal " + std::to_string(*step.signal);
  if (step.exit_status) {
    return *step.exit_status == 0 ? "ok" : "exit " + std::to_string(*step.exit_status);
  }
  return "unknown";
}

std::string reason(const StepLine& step) {
  std::string out;
  for (const auto& cause : step.causes) add(out, cause);
  if (!step.error.empty()) add(out, step.error);
  if (!out.empty()) return out;
  if (!step.limit.empty()) add(out, "it was ended after limits." + step.limit);
  if (step.out_of_memory) add(out, "memory ran out");
  if (step.killed_by_seccomp) add(out, "the seccomp filter killed a process");
  if (step.refused_network != 0) {
    add(out, step.refused_network == 1
                 ? "a packet or a connection had no route"
                 : std::to_string(step.refused_network) + " packets or connections had no route");
  }
  return out;
}

}  // namespace rind::hook
