#include "helper/tools/check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <set>
#include <string>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/base/look.h"
#include "common/base/proc.h"
#include "common/base/say.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "common/kit/find_seams.h"
#include "common/kit/finding.h"
#include "common/kit/manifest.h"
#include "helper/facts/kit_read.h"
#include "helper/record/record.h"
#include "helper/run.h"
#include "helper/tools/judge_probe.h"
#include "helper/tools/kit_faults.h"
#include "helper/tools/probe.h"

namespace rind {
namespace {

using State = Finding::State;
using Part = kit::Fault::Part;

bool has_kit() {
  struct stat st = {};
  return sys::try_lstat(kit::kManifest, st) || errno == EACCES;
}

// Adds the faults of one part, or that it has none.
void add_part(Findings& findings, const std::vector<kit::Fault>& faults, Part part,
              const std::string& id, const std::string& good) {
  const size_t before = findings.size();
  for (const auto& fault : faults) {
    if (fault.part == part) findings.push_back(failed(id, fault.error));
  }
  if (findings.size() == before) findings.push_back({State::kOk, id, good, {}});
}

void add_kit(Findings& findings, const Kit& kit) {
  const std::vector<kit::Fault> faults = kit_faults(kit);
  add_part(findings, faults, Part::kKit, "kit.whole",
           "the helper, the policy and the leases are in place");
  add_part(findings, faults, Part::kBuried, "kit.anchor",
           "a read-only procfs is mounted and covered");
  const size_t seams = kit.manifest.seams.size();
  if (seams == 0) {
    findings.push_back({State::kFailed, "seams.covered",
                        "no seam is covered, so no step is isolated",
                        "check seams and containers.without_seam in the policy"});
    return;
  }
  add_part(findings, faults, Part::kSeam, "seams.covered",
           "number of covered seams: " + std::to_string(seams));
}

// The arguments of the container's first process. Fromager may be installed beside its program.
std::vector<std::string> first_arguments() {
  constexpr size_t kLimit = 4 * 1024 * 1024;
  try {
    const std::string path = sys::proc_directory(sys::pidfd_open(1).get()) + "/cmdline";
    return split(sys::read_file(path, kLimit), '\0');
  } catch (const Error&) {
    return {};  // this user may not read them: search the policy's directories only
  }
}

// Throws Error for scripts that exist now and that the helper does not cover: those installed after
// the container started, or in directories that only this process's PATH names.
std::string require_none_uncovered(const Kit& kit) {
  std::set<std::string> covered;
  for (const auto& seam : kit.manifest.seams) covered.insert(seam.path);
  const Root root(sys::open(AT_FDCWD, "/", O_PATH | O_DIRECTORY));
  const auto patterns =
      search_patterns(kit.policy->seams, current_environment(), first_arguments());
  std::string uncovered;
  for (const auto& seam : find_scripts(root, kit.policy->seams, patterns)) {
    const std::string path = sys::path_of(seam.file.get());
    if (!covered.contains(path)) uncovered += (uncovered.empty() ? "" : ", ") + path;
  }
  if (!uncovered.empty()) {
    throw Error(
        "check for isolation scripts that the helper does not cover",
        "steps that run through " + uncovered + " are not isolated",
        "put the script into the image, or add its directory to seams.script.directories in the "
        "policy; then recreate the container");
  }
  return "no uncovered script in " + std::to_string(patterns.size()) + " directories";
}

void add_step(Findings& findings, const Kit& kit) {
  try {
    const Seen builder = look_at_self();
    const Probed probed = run_probe(kit);
    findings.push_back({State::kOk, "step.runs", "a test step ran and reported what it sees", {}});
    for (auto& finding : judge_step(probed.plan, builder, probed.step)) {
      findings.push_back(std::move(finding));
    }
    for (const auto& absent : probed.absent) {
      findings.push_back(
          {State::kWarning, "step.without", absent,
           "the policy only prefers this; set it to \"required\" there to make it an error"});
    }
  } catch (const Error& e) {
    findings.push_back(failed("step.runs", e));
  }
}

Findings look_at_container() {
  Findings findings;
  Kit kit;
  findings.push_back(look_at("kit.there", [&] {
    kit = read_kit();
    return std::string("the kit's policy and manifest are valid");
  }));
  if (any_failed(findings)) return findings;
  try {
    add_kit(findings, kit);
  } catch (const Error& e) {
    findings.push_back(failed("kit.whole", e));
  }
  findings.push_back(look_at("seams.others", [&] { return require_none_uncovered(kit); }));
  findings.push_back(look_at("record", [&] {
    RecordFile::open(kit.policy->record);
    return std::string(kit.policy->record.place == RecordRules::Place::kNone
                           ? "the policy asks for no records"
                           : "the record can be written");
  }));
  add_step(findings, kit);
  return findings;
}

std::string dump(const Json& value) {
  return value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

int tell_step(const Seen& seen, bool json) {
  if (json) {
    print(dump({{"version", 1}, {"in_step", true}, {"seen", to_json(seen)}}));
  } else {
    print("this process runs in a step, as uid " + std::to_string(seen.uid) +
          ": Rind made its /dev; a step cannot see the kit\n");
  }
  return kExitInStep;
}

}  // namespace

int check(bool json) {
  if (!has_kit()) {
    const Seen seen = look_at_self();
    if (seen.step_devices) return tell_step(seen, json);
  }
  const Findings findings = look_at_container();
  const bool ok = !any_failed(findings);
  if (json) {
    print(dump(
        {{"version", 1}, {"in_step", false}, {"ok", ok}, {"checks", findings_json(findings)}}));
  } else {
    print(findings_text(findings));
  }
  return ok ? 0 : 1;
}

}  // namespace rind
