#include "helper/step/captures.h"

#include <algorithm>

#include "common/base/text.h"
#include "helper/step/call_paths.h"

namespace rind {
namespace {

using Capture = Step::Capture;
using Kind = Capture::Kind;

bool is_root_of_temporary(const CallFacts& facts, const std::string& path) {
  return std::find(facts.temporary.begin(), facts.temporary.end(), path) != facts.temporary.end();
}

bool is_temporary(const CallFacts& facts, const std::string& path) {
  return is_uvs_temporary(path) || is_within_any(path, facts.temporary);
}

// The package's own work directory, in which a command may make directories beside the sources; ""
// where other packages may lie in it, too.
std::string packages_work(const CallFacts& facts, const Step& step) {
  const bool known = !step.source.empty() && parent_of(step.source) == facts.beside.work;
  return known && step.kind != Step::Kind::kInstall ? facts.beside.work : std::string();
}

class Captures {
 public:
  Captures(const CallFacts& facts, const Step& step)
      : facts_(facts), step_(step), packages_work_(packages_work(facts, step)) {}

  void add(const CallFacts::Place& place) {
    const std::string& environment = step_.build_environment;
    const bool whole = place.path == place.directory;
    if (is_within(place.path, environment)) return add_beside_packages(place);
    if (is_within(place.directory, step_.source)) return;
    if (is_within_any(place.directory, step_.beside)) return;
    if (!is_temporary(facts_, place.path)) return put(Kind::kArtefacts, place.directory, place);
    if (!whole || !is_root_of_temporary(facts_, place.path)) {
      put(Kind::kTemporary, place.directory, place);
    }
  }

  // An environment that the front end made for this build holds its answers, too.
  void add_environment() {
    const std::string& environment = step_.build_environment;
    const bool made = is_temporary(facts_, environment);
    if (environment.empty() || !made || step_.kind != Step::Kind::kEnvironment) return;
    put(Kind::kEnvironment, environment, {environment, environment, true, true, false});
  }

  // Builds go on beside their sources: `mkdir ../build`, a prefix that an earlier command has set.
  void add_packages_work() {
    if (!packages_work_.empty()) at(Kind::kArtefacts, packages_work_);
  }

  std::vector<Capture> merged() {
    for (auto& capture : found_) {
      // Nothing of what is there is the call's. The caller may keep other work there.
      const bool holds_input = capture.whole || holds_named_file(capture.path);
      if (capture.kind == Kind::kTemporary && !holds_input) capture.shared = true;
    }
    // Inside a directory that is captured as a whole nothing else is needed.
    const auto around = [&](const Capture& inner) {
      return std::find_if(found_.begin(), found_.end(), [&](const Capture& outer) {
        return outer.kind == Kind::kTemporary && !outer.shared && outer.path != inner.path &&
               is_within(inner.path, outer.path);
      });
    };
    std::vector<Capture> kept;
    for (auto& capture : found_) {
      const auto outer = around(capture);
      if (outer == found_.end()) continue;
      outer->named.insert(outer->named.end(), capture.named.begin(), capture.named.end());
      outer->named.push_back(capture.path);
    }
    for (auto& capture : found_) {
      if (around(capture) == found_.end()) kept.push_back(std::move(capture));
    }
    return kept;
  }

 private:
  bool holds_named_file(const std::string& path) const {
    return std::any_of(
        facts_.places.begin(), facts_.places.end(), [&](const CallFacts::Place& place) {
          return place.exists && place.directory == path && place.path != place.directory;
        });
  }

  // Of an environment, what installs write is read-only. Beside it front ends keep answers, and
  // tox its artefacts.
  void add_beside_packages(const CallFacts::Place& place) {
    const std::string& environment = step_.build_environment;
    if (place.path == environment || step_.kind == Step::Kind::kInstall) return;
    const std::string below = place.path.substr(environment.size() + 1);
    const std::string first = below.substr(0, below.find('/'));
    for (const char* part : {"bin", "lib", "lib64", "include", "share", "etc", "pyvenv.cfg"}) {
      if (first == part) return;
    }
    const bool answer = place.directory == environment;
    put(answer ? Kind::kEnvironment : Kind::kArtefacts, place.directory, place);
  }

  void put(Kind kind, const std::string& path, const CallFacts::Place& place) {
    const bool whole = place.path == path;
    Capture& capture = at(kind, path);
    capture.whole = capture.whole || whole;
    capture.asked = capture.asked || place.asked;
    capture.by_text = capture.by_text && place.by_text;
    // A script is what the call runs, and not where it writes.
    if (!whole && place.path != facts_.script) capture.named.push_back(place.path);
  }

  Capture& at(Kind kind, const std::string& path) {
    const auto same = std::find_if(found_.begin(), found_.end(),
                                   [&](const Capture& capture) { return capture.path == path; });
    if (same != found_.end()) return *same;
    Capture capture;
    capture.kind = kind;
    capture.path = path;
    capture.by_text = true;
    capture.shared = is_root_of_temporary(facts_, path) || path == facts_.home;
    capture.of_package = kind == Kind::kArtefacts && path == packages_work_;
    if (capture.of_package) capture.prefixes = facts_.beside.prefixes;
    capture.project = step_.package.empty() ? step_.source : std::string();
    const auto& projects = facts_.front_ends_projects;
    capture.packages_own = std::any_of(projects.begin(), projects.end(),
                                       [&](const auto& p) { return is_within(path, p); });
    return found_.emplace_back(std::move(capture));
  }

  const CallFacts& facts_;
  const Step& step_;
  std::string packages_work_;
  std::vector<Capture> found_;
};

// The value of an option by which pip is told where to put what it fetches or builds.
bool is_pips_output(const Call& call, const std::string& path) {
  static constexpr const char* kOptions[] = {"-d", "--dest", "-w", "--wheel-dir"};
  const auto& words = call.python.arguments;
  for (size_t i = 0; i < words.size(); ++i) {
    for (const std::string option : kOptions) {
      const bool next = words[i] == option && i + 1 < words.size();
      const std::string value = next ? words[i + 1]
                                : words[i].starts_with(option + "=")
                                    ? words[i].substr(option.size() + 1)
                                    : std::string();
      if (!value.empty() && path.ends_with(base_name(value))) return true;
    }
  }
  return false;
}

}  // namespace

std::vector<Capture> captures_of(const Call& call, const CallFacts& facts, const Step& step) {
  Captures captures(facts, step);
  if (step.asks_interpreter) return {};
  // Nobody's package: a person's command by `rind run`.
  if (step.source.empty() && step.build_environment.empty()) return {};
  for (const auto& place : facts.places) {
    const bool output = step.kind != Step::Kind::kInstall || is_pips_output(call, place.path);
    if (output) captures.add(place);
  }
  captures.add_environment();
  captures.add_packages_work();
  // Without a name for its result, a command leaves it where it runs.
  const bool elsewhere = step.package.empty() && facts.cwd != "/" && facts.cwd_is_writable &&
                         !is_within(facts.cwd, step.source) &&
                         !is_within(facts.cwd, step.build_environment) &&
                         !is_root_of_temporary(facts, facts.cwd) && facts.cwd != facts.home;
  if (elsewhere && facts.by_interpreter) captures.add({facts.cwd, facts.cwd, true, false, false});
  return captures.merged();
}

}  // namespace rind
