#include "hook/records/step_line.h"

#include "common/base/json.h"
#include "helper/record/record.h"
#include "hook/records/provenance.h"
#include "tests/unit/support.h"

using namespace rind;
using namespace rind::hook;

namespace {

StepRecord a_record() {
  StepRecord r;
  r.id = "0123456789abcdef";
  r.container = "4f5e";
  r.start = {1785931200, 123'456'789};
  r.end = {1785931261, 23'000'000};
  r.kind = "hook";
  r.hook = "build_wheel";
  r.package = "hello-1.0";
  r.program = "/env/bin/python";
  r.identity = {"ephemeral", 61184, 61184, ""};
  r.exit_status = 0;
  r.usage = {uint64_t{3} << 30, 4096, 7.25, 0.5};
  r.outputs = {{"wheel_directory", "/out/hello.whl", 5, std::string(64, 'a')},
               {"metadata_directory", "/out/hello.dist-info", 9, ""}};
  r.withheld = {"TOKEN"};
  r.dropped = {"log"};
  r.dropped_count = 40;
  return r;
}

StepLine read(const StepRecord& record) {
  const auto step = parse_step_line(to_line(record));
  REQUIRE(step.has_value());
  return *step;
}

}  // namespace

TEST_CASE("records: what the helper writes is what is read") {
  const StepLine step = read(a_record());
  CHECK(step.id == "0123456789abcdef");
  CHECK(step.container == "4f5e");
  CHECK(step.start == 1785931200123);
  CHECK(step.end == 1785931261023);
  CHECK(step.duration == 60.9);
  CHECK(step.package == "hello-1.0");
  CHECK(step.identity == "ephemeral");
  CHECK(step.uid == 61184);
  CHECK(step.peak_memory == uint64_t{3} << 30);
  CHECK(step.user_time == 7.25);
  CHECK(step.outputs.size() == 2);
  CHECK(step.withheld == std::vector<std::string>{"TOKEN"});
  CHECK(step.dropped_count == 40);
  CHECK_FALSE(step.failed());
  CHECK(step_name(step) == "build_wheel");
  CHECK(verdict(step) == "ok");
  // A line of a release before these keys.
  Json old = parse_json(to_line(a_record()), "line");
  for (const char* key : {"id", "container", "usage", "withheld"}) old.erase(key);
  old["outcome"].erase("causes");
  const auto parsed = step_line_of(old);
  REQUIRE(parsed.has_value());
  CHECK_FALSE(parsed->peak_memory.has_value());
  CHECK(parsed->package == "hello-1.0");
}

TEST_CASE("records: how a step ended, and why") {
  const auto told = [](auto change) {
    StepRecord r = a_record();
    change(r);
    const StepLine step = read(r);
    return verdict(step) + (step.failed() ? " failed: " : ": ") + reason(step);
  };
  CHECK(told([](StepRecord& r) { r.exit_status = 2; }) == "exit 2 failed: ");
  CHECK(told([](StepRecord& r) { r.exit_status = 2, r.refused_network = 3; }) ==
        "exit 2 failed: 3 packets or connections had no route");
  CHECK(told([](StepRecord& r) {
          r.exit_status = 2, r.refused_network = 3, r.causes = {"a", "b"};
        }) == "exit 2 failed: a; b");
  CHECK(told([](StepRecord& r) { r.exit_status.reset(), r.signal = 9, r.out_of_memory = true; }) ==
        "signal 9 failed: memory ran out");
  CHECK(told([](StepRecord& r) { r.limit = "wall_clock_seconds"; }) ==
        "time limit failed: it was ended after limits.wall_clock_seconds");
  CHECK(told([](StepRecord& r) { r.error = "no"; }) == "refused failed: no");
  CHECK(told([](StepRecord& r) { r.refused_network = 3; }) ==
        "ok: 3 packets or connections had no route");
}

TEST_CASE("records: whatever a container's user writes is read, or is no record") {
  for (const char* wrong :
       {"", "{", "[]", "7", "{}", R"({"start": 1, "end": 2})",
        R"({"start": "2026-08-05T12:00:00Z"})", R"({"start": "x", "end": "2026-08-05T12:00:00Z"})",
        R"({"start": "2026-08-05", "end": "2026-08-05", "end": "2026-08-06"})"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_step_line(wrong).has_value());
  }
  const auto step = parse_step_line(
      R"({"start": "2026-08-06", "end": "2026-08-05", "duration": -1e300, "package": 7, "outcome": [],
          "usage": {"peak_memory": 18446744073709551615, "user_time": "x", "written": -1},
          "identity": "root", "dropped_count": 1e99, "dropped": [1, "a", null], "outputs": [3, {}],
          "withheld": "TOKEN"})");
  REQUIRE(step.has_value());
  CHECK(step->start == step->end);  // the clock was set back
  CHECK(step->duration == 0);
  CHECK(step->package.empty());
  CHECK_FALSE(step->peak_memory.has_value());
  CHECK_FALSE(step->written.has_value());
  CHECK_FALSE(step->user_time.has_value());
  CHECK(step->dropped_count == 1);
  CHECK(step->outputs.size() == 2);
  CHECK(step->failed());
  CHECK(verdict(*step) == "unknown");
}

TEST_CASE("records: a provenance is an in-toto statement of each file") {
  StepRecord record = a_record();
  record.source = "/builds/\xff\n";
  const std::string lines = provenance_lines(read(record));
  REQUIRE(lines.find('\n') == lines.size() - 1);  // one: a directory has no hash
  const Json statement = parse_json(lines, "line");
  CHECK(statement.at("_type") == "https://in-toto.io/Statement/v1");
  CHECK(statement.at("predicateType") == "https://slsa.dev/provenance/v1");
  CHECK(statement.at("subject").at(0).at("name") == "hello.whl");
  CHECK(statement.at("subject").at(0).at("digest").at("sha256") == std::string(64, 'a'));
  const Json& definition = statement.at("predicate").at("buildDefinition");
  CHECK(definition.at("buildType") == "urn:rind:step:v1");
  CHECK(definition.at("externalParameters").at("package") == "hello-1.0");
  const Json& run = statement.at("predicate").at("runDetails");
  CHECK(run.at("builder").at("id") == "urn:rind:container:4f5e");
  CHECK(run.at("metadata").at("invocationId") == "0123456789abcdef");
  CHECK(run.at("metadata").at("startedOn") == "2026-08-05T12:00:00.123Z");
  record.exit_status = 1;
  CHECK(provenance_lines(read(record)).empty());
}
