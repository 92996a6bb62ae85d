#include "hook/records/provenance.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "hook/paths.h"

namespace rind::hook {
namespace {

Json definition_of(const StepLine& step) {
  return {{"buildType", "urn:rind:step:v1"},
          {"externalParameters",
           {{"package", step.package},
            {"kind", step.kind},
            {"hook", step.hook},
            {"source", step.source}}},
          {"internalParameters",
           {{"program", step.program},
            {"buildEnvironment", step.build_environment},
            {"identity", {{"mode", step.identity}, {"uid", step.uid}}},
            {"network", step.network},
            {"seccomp", step.seccomp},
            {"namespaces", step.namespaces},
            {"rules", step.rules},
            {"withoutWhatThePolicyPrefers", step.absent}}},
          {"resolvedDependencies", Json::array()}};
}

Json run_of(const StepLine& step) {
  return {
      {"builder",
       {{"id", "urn:rind:container:" + step.container},
        {"version", {{"rind-hook", RIND_VERSION}}}}},
      {"metadata",
       {{"invocationId", step.id}, {"startedOn", step.start_text}, {"finishedOn", step.end_text}}}};
}

}  // namespace

std::string provenance_lines(const StepLine& step) {
  std::string lines;
  if (step.failed()) return lines;
  for (const auto& output : step.outputs) {
    if (output.sha256.empty()) continue;  // a directory
    const Json statement = {
        {"_type", "https://in-toto.io/Statement/v1"},
        {"subject", {{{"name", base_name(output.path)}, {"digest", {{"sha256", output.sha256}}}}}},
        {"predicateType", "https://slsa.dev/provenance/v1"},
        {"predicate", {{"buildDefinition", definition_of(step)}, {"runDetails", run_of(step)}}}};
    constexpr bool kAscii = true;
    lines += statement.dump(-1, ' ', kAscii, Json::error_handler_t::replace) + "\n";
  }
  return lines;
}

}  // namespace rind::hook
