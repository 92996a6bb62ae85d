// A step to plan for: Fromager's, in a container as Fromager's. Tests change what they are about.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "common/base/text.h"
#include "helper/plan/plan.h"
#include "tests/unit/support.h"

namespace rind::test {

inline const std::string kEnv = "/opt/app-root/src/jobs/pkg-1/build-3.13";
inline const std::string kSource = "/opt/app-root/src/jobs/pkg-1/pkg-1";

inline PathFact directory(const std::string& path, unsigned mode = 0755) {
  return {PathFact::Type::kDirectory, path, mode, {}};
}

// A step as Fromager's, with the work directory below HOME, in a container as Fromager's.
struct Scene {
  Scene() {
    policy = default_policy();
    call.environment = {"HOME=/opt/app-root/src",
                        "NETRC=/etc/builder/netrc",
                        "PATH=/bin",
                        "TOKEN=x",
                        "TMPDIR=/nonexistent",
                        "CFLAGS=-O2"};
    call_facts.cwd = kSource;
    step.kind = Step::Kind::kHook;
    step.hook = "build_wheel";
    step.build_environment = kEnv;
    step.source = kSource;
    step.control = "/tmp/tmpc";
    step.outputs = {{"wheel_directory", "/opt/app-root/src/wheels/build", true}};
    facts.capabilities = ~uint64_t{0};
    facts.manifest.masked_paths = {"/proc/kcore", "/sys/firmware"};
    for (const char* path : {"/root", "/home", "/run", "/var/spool", "/var/log"}) {
      facts.paths[path] = {directory(path)};
    }
    facts.paths["/tmp"] = {directory("/tmp", 01777)};
    facts.paths["/var/tmp"] = {directory("/var/tmp", 01777)};
    facts.paths["/dev/shm"] = {directory("/dev/shm", 01777)};
    facts.paths["/var/run"] = {directory("/run")};
    facts.paths["$HOME"] = {directory("/opt/app-root/src", 0700)};
    facts.paths["$NETRC"] = {{PathFact::Type::kFile, "/etc/builder/netrc", 0600, {}}};
    facts.interpreter = {{"/usr/bin", true}, {"/usr/lib", true}};
  }
  Plan plan() const {
    return make_plan(policy, call, call_facts, step, facts, extra, replace_policy);
  }
  // A container that has every id: its steps get one of their own.
  void give_ids() {
    facts.uid_map = facts.gid_map = {{0, 0, 4294967295}};
    facts.passwd = "root:x:0:0:root:/root:/bin/bash\n";
    facts.home_in_passwd = "/root";
    facts.paths["/etc/passwd"] = {{PathFact::Type::kFile, "/etc/passwd", 0644, {}}};
  }

  Policy policy;
  Call call = {{kEnv + "/bin/python3", "_in_process.py", "build_wheel", "/tmp/tmpc"}, {}};
  CallFacts call_facts;
  Step step;
  Facts facts;
  std::vector<ExtraView> extra;
  bool replace_policy = false;
};

inline std::string view_at(const Plan& plan, const std::string& path) {
  const PlannedView* view = deciding_view(plan, path);
  if (view == nullptr) return "root";
  if (view->kind == PlannedView::Kind::kDevices) return "devices";
  if (view->kind == PlannedView::Kind::kProc) return "proc";
  if (view->kind == PlannedView::Kind::kFile) return "file";
  return to_string(view->view);
}

inline const PlannedView* planned(const Plan& plan, const std::string& path) {
  const auto found = std::find_if(plan.views.begin(), plan.views.end(),
                                  [&](const auto& v) { return v.path == path; });
  return found == plan.views.end() ? nullptr : &*found;
}

inline bool has_mount_point(const PlannedView* view, const std::string& path) {
  return view != nullptr && std::any_of(view->skeleton.begin(), view->skeleton.end(),
                                        [&](const auto& p) { return p.path == path; });
}

inline bool has_entry(const std::vector<std::string>& environment, const std::string& entry) {
  return std::find(environment.begin(), environment.end(), entry) != environment.end();
}

}  // namespace rind::test
