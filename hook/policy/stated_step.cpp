#include "hook/policy/stated_step.h"

#include <linux/capability.h>

#include <algorithm>
#include <utility>

#include "common/base/hash.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "helper/plan/environment.h"

namespace rind::hook {
namespace {

constexpr uint64_t kMostIds = 4'294'967'295;

Variables parse_variables(JsonObject o) {
  Variables variables;
  for (const auto& name : o.keys()) variables[name] = o.string(name);
  return variables;
}

std::set<std::string> as_set(const std::vector<std::string>& list) {
  return {list.begin(), list.end()};
}

// The capabilities that podman gives root.
uint64_t usual_capabilities() {
  uint64_t bits = 0;
  for (const unsigned capability :
       {CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID, CAP_KILL, CAP_NET_BIND_SERVICE,
        CAP_SETFCAP, CAP_SETGID, CAP_SETPCAP, CAP_SETUID, CAP_SYS_CHROOT}) {
    bits |= uint64_t{1} << capability;
  }
  return bits;
}

std::vector<std::string> entries(const Variables& variables) {
  std::vector<std::string> list;
  for (const auto& [name, value] : variables) list.push_back(name + "=" + value);
  return list;
}

class Stating {
 public:
  Stating(const LoadedPolicy& loaded, const StatedContainer& container, const StatedStep& step)
      : loaded_(loaded), container_(container), asked_(step) {}

  StatedPlan plan() {
    out_.policy = policy();
    environment();
    const Call call(command(), entries(out_.variables), asked_.kind == StatedStep::Kind::kInstall);
    call_facts();
    step();
    facts();
    out_.plan = make_plan(out_.policy, call, call_facts_, step_, facts_, {});
    out_.plan.rules = out_.rules;
    out_.source = step_.source;
    return std::move(out_);
  }

 private:
  std::string named() const {
    return asked_.version.empty() ? asked_.package : asked_.package + "-" + asked_.version;
  }
  std::string work() const {
    return kStatedWork + ("/" + (named().empty() ? "package-1" : named()));
  }
  std::string build_environment() const { return work() + "/build-3"; }

  Policy policy() {
    if (asked_.kind == StatedStep::Kind::kInstall) {
      out_.rules = {"seams.interpreter.installs"};
      return policy_for_install(*loaded_.document);
    }
    out_.rules = rules_for_step(loaded_.policy, named(), asked_.hook);
    return policy_with_rules(*loaded_.document, out_.rules);
  }

  void environment() {
    const auto kept =
        narrowed_environment(loaded_.policy.narrow.environment, entries(container_.environment));
    for (const auto& [name, value] : container_.environment) {
      if (std::find(kept.begin(), kept.end(), name + "=" + value) == kept.end()) {
        out_.narrowed.insert(name);
        facts_.manifest.environment[name] = "";
      } else {
        out_.variables[name] = value;
        facts_.manifest.environment[name] = sha256_hex(value);
      }
    }
    for (const auto& [name, value] : asked_.front_end) out_.variables[name] = value;
    // What the front end was started with.
    const std::vector<std::string> started = entries(out_.variables);
    call_facts_.front_ends_environment.emplace(started.begin(), started.end());
    for (const auto& [name, value] : asked_.environment) out_.variables[name] = value;
    out_.variables.emplace("VIRTUAL_ENV", build_environment());
    for (const auto& [key, unused] : out_.policy.views) {
      const std::string name = key[0] == '$' ? key.substr(1, key.find('/') - 1) : "";
      const auto found = container_.environment.find(name);
      if (found != container_.environment.end()) facts_.manifest.variables[name] = found->second;
    }
  }

  std::vector<std::string> command() const {
    const std::string python = build_environment() + "/bin/python3";
    if (asked_.kind == StatedStep::Kind::kCommand) return asked_.command;
    if (asked_.kind == StatedStep::Kind::kInstall) return {python, "-m", "pip", "install", "x"};
    return {python, "_in_process.py", asked_.hook, kControl};
  }

  void call_facts() {
    call_facts_.cwd = work() + "/" + base_name(work());
    call_facts_.virtual_env = build_environment();
  }

  void step() {
    using Kind = StatedStep::Kind;
    step_.kind = asked_.kind == Kind::kHook      ? Step::Kind::kHook
                 : asked_.kind == Kind::kInstall ? Step::Kind::kInstall
                                                 : Step::Kind::kCommand;
    step_.package = named();
    step_.build_environment = build_environment();
    step_.environment_is_packages = true;
    step_.source = call_facts_.cwd;
    if (asked_.kind != Kind::kHook) return;
    step_.hook = asked_.hook;
    step_.control = kControl;
    const bool sdist = asked_.hook == "build_sdist";
    const bool metadata = asked_.hook.starts_with("prepare_metadata");
    if (asked_.hook.starts_with("get_requires")) return;
    step_.outputs = {{sdist      ? "sdist_directory"
                      : metadata ? "metadata_directory"
                                 : "wheel_directory",
                      std::string(kStatedWork) + "-results", true}};
  }

  void facts() {
    facts_.uid = facts_.gid = container_.user;
    facts_.capabilities = container_.user == 0 ? usual_capabilities() : 0;
    // As in a rootless container: the host's uid 0 is not in the map.
    facts_.uid_map = facts_.gid_map = {{0, 100000, container_.ids}};
    facts_.interpreter = {{"/usr/bin", true}, {"/usr/lib", true}};
    for (const auto& [key, unused] : out_.policy.views) add_path(key);
    for (const auto& path : out_.policy.hide) add_path(path);
    for (const char* name : {"$HOME", "$TMPDIR"}) add_path(name);
    if (out_.policy.record.place == RecordRules::Place::kContainer) {
      add_path(out_.policy.record.directory);
    }
    for (const char* name : {"null", "zero", "full", "random", "urandom", "tty"}) add_device(name);
    for (const auto& name : container_.devices) add_device(name);
  }

  // The paths of a view's key, as helper/facts finds them.
  void add_path(const std::string& key) {
    if (facts_.paths.count(key) != 0) return;
    if (key[0] != '$') return add(key, key);
    const size_t slash = std::min(key.find('/'), key.size());
    const std::string name = key.substr(1, slash - 1);
    for (const Variables* variables : {&std::as_const(out_.variables), &container_.environment}) {
      const auto found = variables->find(name);
      if (found == variables->end() || !found->second.starts_with("/")) continue;
      add(key, found->second + key.substr(slash));
    }
  }

  void add(const std::string& key, const std::string& path) {
    std::vector<PathFact>& found = facts_.paths[key];
    const bool known = std::any_of(found.begin(), found.end(),
                                   [&](const PathFact& fact) { return fact.canonical == path; });
    if (known || container_.absent.count(path) != 0) return;
    PathFact fact;
    fact.type =
        container_.files.count(path) != 0 ? PathFact::Type::kFile : PathFact::Type::kDirectory;
    fact.canonical = path;
    fact.mode = path == "/tmp" || path == "/var/tmp" || path == "/dev/shm" ? 01777 : 0755;
    found.push_back(fact);
  }

  void add_device(const std::string& name) {
    DeviceFact device;
    device.name = name;
    device.type = DeviceFact::Type::kCharacter;
    device.mode = 0666;
    facts_.devices.push_back(device);
  }

  static constexpr const char* kControl = "/work-dir-control";

  const LoadedPolicy& loaded_;
  const StatedContainer& container_;
  const StatedStep& asked_;
  StatedPlan out_;
  CallFacts call_facts_;
  Step step_;
  Facts facts_;
};

}  // namespace

StatedContainer parse_container(JsonObject o) {
  StatedContainer container;
  container.environment = {
      {"HOME", "/root"}, {"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}};
  if (o.has("user")) container.user = static_cast<unsigned>(o.integer("user", 0, kMostIds - 1));
  if (o.has("ids")) container.ids = o.integer("ids", 1, kMostIds);
  if (o.has("environment")) {
    for (auto& [name, value] : parse_variables(o.object("environment"))) {
      container.environment[name] = value;
    }
  }
  if (o.has("annotations")) container.annotations = parse_variables(o.object("annotations"));
  if (o.has("files")) container.files = as_set(o.strings("files"));
  if (o.has("absent")) container.absent = as_set(o.strings("absent"));
  if (o.has("devices")) container.devices = o.strings("devices");
  o.finish();
  return container;
}

StatedStep parse_step(JsonObject& o) {
  StatedStep step;
  const int kinds = o.has("hook") + o.has("command") + o.has("install");
  if (kinds != 1) {
    throw o.wrong("hook", "one of hook, command and install",
                  R"(write "hook": "build_wheel", "command": ["make"] or "install": true)");
  }
  if (o.has("hook")) step.hook = o.string("hook");
  if (o.has("command")) {
    step.kind = StatedStep::Kind::kCommand;
    step.command = o.strings("command");
    if (step.command.empty()) throw o.wrong("command", "at least one word");
  }
  if (o.has("install")) {
    step.kind = StatedStep::Kind::kInstall;
    if (!o.boolean("install")) throw o.wrong("install", "true", "remove it");
  }
  if (o.has("package")) step.package = o.string("package");
  if (o.has("version")) {
    step.version = o.string("version");
    if (step.package.empty()) throw o.wrong("version", "a package beside it", "add \"package\"");
  }
  if (o.has("front_end")) step.front_end = parse_variables(o.object("front_end"));
  if (o.has("environment")) step.environment = parse_variables(o.object("environment"));
  return step;
}

StatedPlan plan_stated(const LoadedPolicy& loaded, const StatedContainer& container,
                       const StatedStep& step) {
  return Stating(loaded, container, step).plan();
}

}  // namespace rind::hook
