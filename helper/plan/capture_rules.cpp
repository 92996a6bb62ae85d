#include "helper/plan/capture_rules.h"

#include <algorithm>

#include "common/base/text.h"
#include "helper/plan/policy_rules.h"
#include "helper/plan/ways.h"
#include "helper/step/artefact.h"
#include "helper/step/distribution.h"
#include "helper/step/told_paths.h"

namespace rind {
namespace {

using Capture = Step::Capture;
using Entry = Facts::Captured::Entry;

// Paths of the step that have views of their own.
std::vector<std::string> own_paths(const Step& step) {
  std::vector<std::string> paths = {step.source, step.build_environment, step.control, step.log};
  for (const auto& output : step.outputs) paths.push_back(output.path);
  for (const auto& capture : step.captures) paths.push_back(capture.path);
  paths.insert(paths.end(), step.beside.begin(), step.beside.end());
  std::erase(paths, std::string());
  return paths;
}

enum class Part { kOwn, kCopy, kShown };

// How the step gets an entry of a captured directory.
Part part_of(const Capture& capture, const Entry& entry, const std::vector<std::string>& own) {
  const std::string path = capture.path + "/" + entry.name;
  bool holds = false;
  for (const auto& other : own) {
    if (other == path) return Part::kOwn;
    holds = holds || is_within(other, path);
  }
  return entry.fits && !holds ? Part::kCopy : Part::kShown;
}

// The name of the distribution in the file name of an artefact; "" for other files.
std::string distribution_in(const std::string& file) {
  if (!is_artefact(file)) return {};
  if (file.ends_with(".whl")) return normalised_name(file.substr(0, file.find('-')));
  const auto sdist = distribution_of(file.substr(0, file.size() - std::string(".tar.gz").size()));
  return sdist ? normalised_name(sdist->name) : std::string();
}

// An artefact that the step may build again: with it in the way it could not. An install reads such
// files.
bool is_in_the_way(const Step& step, const Capture& capture, const Entry& entry) {
  if (capture.kind != Capture::Kind::kArtefacts || step.kind == Step::Kind::kInstall) return false;
  const std::string name = entry.directory ? std::string() : distribution_in(entry.name);
  if (name.empty()) return false;
  const std::string directory = step.package.empty() ? base_name(step.source) : step.package;
  const auto known = distribution_of(directory);
  return entry.of_project || name == normalised_name(known ? known->name : directory);
}

void show_entries(Rules& rules, const Facts& facts, const Step& step, const Capture& capture,
                  bool covered) {
  const auto found = facts.captured.find(capture.path);
  if (found == facts.captured.end() || capture.shared) return;
  const std::vector<std::string> own = own_paths(step);
  for (const auto& entry : found->second.entries) {
    if (!entry.target.empty() || is_in_the_way(step, capture, entry)) continue;
    if (part_of(capture, entry, own) != Part::kShown) continue;
    if (covered && is_credentials_name(entry.name)) continue;
    rules.add(kOutOfSight, simple_view(capture.path + "/" + entry.name, View::kRo, entry.directory,
                                       "in a directory that the call names"));
  }
}

}  // namespace

void add_captures(Rules& rules, const std::vector<PlannedView>& policy_views, const Policy& policy,
                  const Facts& facts, const ViewRequest& request) {
  for (const auto& capture : request.step.captures) {
    if (is_hidden_away(policy, facts, capture.path)) continue;
    const bool said =
        std::any_of(request.extra.begin(), request.extra.end(),
                    [&](const ExtraView& extra) { return is_within(capture.path, extra.path); });
    if (said) continue;
    const PlannedView* around = deciding_view(policy_views, capture.path);
    // What steps write to a cache is thrown away.
    const bool artefacts = capture.kind == Capture::Kind::kArtefacts;
    const bool cache = around != nullptr && around->view == View::kCow && artefacts;
    if (cache || (around != nullptr && around->view == View::kRw)) continue;
    const bool covered = around != nullptr && covers(*around);
    if (covered && around->path == capture.path) {
      if (around->view == View::kHidden || !capture.shared) continue;
      PlannedView view = *around;
      view.backing = Backing::kDisk;
      view.output = true;
      rules.add(kByStep, std::move(view));
      continue;
    }
    const auto found = facts.captured.find(capture.path);
    const bool too_large = found != facts.captured.end() && !found->second.all && !capture.shared;
    if (is_of_the_system(capture.path) || too_large) continue;
    PlannedView view = simple_view(capture.path, View::kPrivate, true, "the call names it");
    view.backing = Backing::kDisk;
    view.output = true;
    // What only its owner may list, the step does not list, unless the call names it to an
    // interpreter.
    const bool listed =
        std::find(facts.listed.begin(), facts.listed.end(), capture.path) != facts.listed.end();
    const bool closed =
        artefacts && !listed && found != facts.captured.end() && found->second.closed;
    if (closed) view.mode = 0300;
    rules.add(kByStep, std::move(view));
    // What a question's text names is the front end's own.
    const bool named = std::any_of(facts.named.begin(), facts.named.end(),
                                   [&](const auto& part) { return part.path == capture.path; });
    const bool secret = covered && capture.by_text && artefacts && !named;
    if (!secret && !closed) show_entries(rules, facts, request.step, capture, covered);
  }
}

std::vector<PlannedCapture> planned_captures(const std::vector<PlannedView>& views,
                                             const Step& step, const Facts& facts,
                                             bool may_replace) {
  std::vector<PlannedCapture> planned;
  const std::vector<std::string> own = own_paths(step);
  for (const auto& capture : step.captures) {
    const bool has_view = std::any_of(views.begin(), views.end(), [&](const PlannedView& view) {
      return view.path == capture.path && view.view == View::kPrivate && view.output;
    });
    if (!has_view) continue;
    PlannedCapture one;
    static_cast<Capture&>(one) = capture;
    one.may_replace = may_replace || capture.packages_own;
    one.any_package = step.kind == Step::Kind::kInstall && step.package.empty();
    const auto found = facts.captured.find(capture.path);
    if (found != facts.captured.end()) {
      for (const auto& entry : found->second.entries) {
        const bool copied = part_of(capture, entry, own) == Part::kCopy;
        if (copied) one.copies.push_back(entry.name);
      }
    }
    planned.push_back(std::move(one));
  }
  return planned;
}

}  // namespace rind
