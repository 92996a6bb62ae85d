#include "helper/record/failure_line.h"

#include "helper/pid1/counters.h"
#include "tests/unit/scene.h"

using namespace rind;
using namespace rind::test;

namespace {

constexpr int kExitOne = 1 << 8;  // as waitpid(2) has it
constexpr const char* kSnmp =
    "Ip: Forwarding DefaultTTL OutDiscards OutNoRoutes\n"
    "Ip: 2 64 0 3\n"
    "Icmp: InMsgs OutNoRoutes\n"
    "Icmp: 7 8\n";

}  // namespace

TEST_CASE("counters: a value of a table by section and name") {
  CHECK(snmp_value(kSnmp, "Ip", "OutNoRoutes") == 3);
  CHECK(snmp_value(kSnmp, "Icmp", "OutNoRoutes") == 8);
  CHECK(snmp_value(kSnmp, "Ip", "Missing") == 0);
  CHECK(snmp_value(kSnmp, "Udp", "OutNoRoutes") == 0);
  CHECK(snmp_value("", "Ip", "OutNoRoutes") == 0);
  CHECK(snmp_value("Ip: OutNoRoutes\nIp:", "Ip", "OutNoRoutes") == 0);
}

TEST_CASE("summary: one line that says how it ended, that it was isolated, and where to look") {
  Scene scene;
  scene.step.package = "pkg-1";
  const Plan plan = scene.plan();
  StepResult result;
  result.end.step.status = kExitOne;
  const std::string line = failure_line(plan, scene.step, result);
  CHECK(
      contains(line, "build_wheel of pkg-1 ended with exit status 1; it ran isolated (self uid 0"));
  CHECK(contains(line, "why --hook build_wheel --source " + kSource));
  CHECK_FALSE(contains(line, "network: "));
  CHECK_FALSE(contains(line, "\n"));
}

TEST_CASE("summary: a step that ended well says what it did without") {
  Scene scene;
  StepResult result;
  // It has no spare id.
  CHECK(contains(without_line(scene.plan(), scene.step, result),
                 "build_wheel succeeded; it ran as the builder's uid 0, without an identity of "
                 "its own: the container's user namespace has no spare id"));
  scene.give_ids();
  CHECK(without_line(scene.plan(), scene.step, result).empty());
  result.closed = {"reading /a\nb"};
  CHECK(contains(without_line(scene.plan(), scene.step, result), "without reading /a\\x0ab"));
}

TEST_CASE("summary: only what is known to have been refused") {
  Scene scene;
  const Plan plan = scene.plan();
  StepResult result;
  result.end.step.status = 9;
  result.end.step.refused_network = 4;
  result.end.step.killed_by_seccomp = true;
  result.end.timed_out = true;
  result.out_of_memory = true;
  result.absent = {"terminals: denied"};
  const std::string line = failure_line(plan, scene.step, result);
  for (const char* part :
       {"signal 9 (Killed)", "network: 4", "seccomp", "wall_clock_seconds (86400)",
        "memory ran out", "without terminals: denied"}) {
    CHECK_MESSAGE(contains(line, part), part);
  }
}

TEST_CASE("summary: a hostile name stays on its line") {
  Scene scene;
  scene.step.package = "pkg\n\x1b[2J-1";
  StepResult result;
  result.end.step.status = kExitOne;
  const std::string line = failure_line(scene.plan(), scene.step, result);
  CHECK_FALSE(contains(line, "\n"));
  CHECK_FALSE(contains(line, "\x1b"));
}

TEST_CASE("summary: what a traced step was denied, the strong causes first, and how many more") {
  Scene scene;
  const Plan plan = scene.plan();
  StepResult result;
  result.end.step.status = kExitOne;
  CHECK_FALSE(contains(failure_line(plan, scene.step, result), "tracer"));
  result.traced = true;
  CHECK(contains(failure_line(plan, scene.step, result), "Rind denied no system call"));
  result.again = 0;
  CHECK(contains(failure_line(plan, scene.step, result),
                 "; when it ran again under a tracer, it ended with exit status 0"));
  result.again = kExitOne;
  CHECK(contains(failure_line(plan, scene.step, result), "Rind denied no system call"));
  result.causes = {{"read /a\x1b[31m: hidden", R"({"views":{"/a":"ro"}})", "", false},
                   {"unshare: no", "", "nothing allows it", false},
                   {"find /b: hidden", "", "", true}};
  std::string line = failure_line(plan, scene.step, result);
  CHECK(contains(line,
                 "; it could not read /a\\x1b[31m: hidden (a rule of the package allows it: "
                 R"({"views":{"/a":"ro"}}))"
                 "; or unshare: no (nothing allows it); and 1 more; "));
  CHECK_FALSE(contains(line, "/b"));
  result.causes = {result.causes[2]};
  CHECK(
      contains(failure_line(plan, scene.step, result),
               "; Rind denied only what programs try in passing: it could not find /b: hidden; "));
  result.untraced = "trace the step: ptrace: Operation not permitted";
  CHECK(contains(failure_line(plan, scene.step, result), "is not known: trace the step"));
}

TEST_CASE("summary: a command is named as it was typed, where it holds no secret and is short") {
  Scene scene;
  scene.step.kind = Step::Kind::kCommand;
  Plan plan = scene.plan();
  StepResult result;
  result.end.step.status = kExitOne;
  plan.cwd = "/a b";
  plan.command = {"sh", "-c", "it's"};
  CHECK(contains(failure_line(plan, scene.step, result),
                 "for details run (cd '/a b' && /dev/rind/rind why -- sh -c 'it'\"'\"'s')"));
  for (const auto& word :
       {std::string("https://u:p@h/"), std::string(400, 'x'), std::string("a\\b")}) {
    plan.command = {"curl", word};
    CHECK(contains(failure_line(plan, scene.step, result), "rind why -- COMMAND)"));
  }
}
