#include "helper/record/fill_record.h"

#include <sys/random.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>

#include "helper/record/failure_line.h"

namespace rind {
namespace {

std::string new_id() {
  unsigned long long number = 0;
  if (::getrandom(&number, sizeof number, 0) != sizeof number) throw_errno("getrandom");
  char text[2 * sizeof number + 1];
  std::snprintf(text, sizeof text, "%016llx", number);
  return text;
}

// With milliseconds, as `duration` has them.
double seconds(uint64_t microseconds) { return static_cast<double>(microseconds / 1000) / 1000; }

StepRecord::Usage usage_of(const StepUsage& used) {
  if (!used.known) return {};
  return {used.peak_memory, used.written, seconds(used.user_time), seconds(used.system_time)};
}

std::vector<std::string> withheld_variables(const std::vector<EnvironmentDecision>& decisions) {
  std::vector<std::string> names;
  for (const auto& decision : decisions) {
    if (!decision.kept) names.push_back(decision.name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

StepRecord record_of(const kit::Manifest& manifest, const Plan& plan, const Step& step) {
  StepRecord record;
  record.id = new_id();
  record.container = manifest.container;
  ::clock_gettime(CLOCK_REALTIME, &record.start);
  record.kind = to_string(step.kind);
  record.hook = step.hook;
  record.package = step.package;
  record.source = step.source;
  record.build_environment = step.build_environment;
  record.program = plan.command[0];
  record.identity = {to_string(plan.identity.mode), plan.uid, plan.gid, plan.identity.reason};
  record.network = to_string(plan.network);
  record.seccomp = to_string(plan.seccomp);
  record.namespaces = names_of(plan.namespaces);
  record.rules = plan.rules;
  record.absent = plan.absent;
  record.withheld = withheld_variables(plan.decisions);
  return record;
}

StepRecord record_of_refusal(const kit::Manifest& manifest, const Call& call, const Error& error) {
  StepRecord record;
  record.id = new_id();
  record.container = manifest.container;
  ::clock_gettime(CLOCK_REALTIME, &record.start);
  record.kind = to_string(call.hook ? Step::Kind::kHook : Step::Kind::kCommand);
  record.hook = call.hook ? call.hook->hook : "";
  record.build_environment = variable(call.environment, "VIRTUAL_ENV").value_or("");
  record.program = call.command[0];
  add_error(record, error);
  return record;
}

void add_result(StepRecord& record, const Plan& plan, const StepResult& result) {
  ::clock_gettime(CLOCK_REALTIME, &record.end);
  record.identity.uid = plan.uid;
  record.identity.gid = plan.gid;
  if (!result.ran) return;
  record.end = result.ended;
  record.causes = named_causes(result);
  record.absent = result.absent;
  const int status = result.end.step.status;
  if (WIFSIGNALED(status)) {
    record.signal = WTERMSIG(status);
  } else {
    record.exit_status = WEXITSTATUS(status);
  }
  if (result.end.timed_out) record.limit = "wall_clock_seconds";
  record.refused_network = result.end.step.refused_network;
  record.killed_by_seccomp = result.end.step.killed_by_seccomp;
  record.out_of_memory = result.out_of_memory;
  record.usage = usage_of(result.end.step.usage);
  for (const auto& artefact : result.collected.artefacts) {
    record.outputs.push_back({artefact.name, artefact.path, artefact.size, artefact.sha256});
  }
  record.dropped = result.collected.dropped;
  record.dropped_count = result.collected.dropped_count;
}

void add_error(StepRecord& record, const Error& error) {
  ::clock_gettime(CLOCK_REALTIME, &record.end);
  record.error = error.what();
}

}  // namespace rind
