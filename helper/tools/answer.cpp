#include "helper/tools/answer.h"

#include <algorithm>

#include "common/base/json.h"
#include "common/base/text.h"
#include "helper/facts/node_facts.h"
#include "helper/plan/access.h"
#include "helper/plan/explain.h"
#include "helper/plan/explain_access.h"

namespace rind {
namespace {

using By = ChosenCall::By;

const Step* step_of(const Planned& planned) { return planned.step ? &*planned.step : nullptr; }

std::string listed(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

// A rule of the policy's `packages` that does not hold for the step, and why.
struct Unheld {
  std::string name, why;
};

std::vector<Unheld> unheld_rules(const Question& question) {
  const Step& step = *question.planned.step;
  const std::vector<std::string>& held = question.planned.plan.rules;
  std::vector<Unheld> rules;
  for (const auto& rule : question.kit.policy->packages) {
    if (std::find(held.begin(), held.end(), rule.name) != held.end()) continue;
    std::string why = "it is for " + listed(rule.packages);
    if (!rule.hooks.empty()) why += ", hooks " + listed(rule.hooks);
    if (step.kind == Step::Kind::kInstall) {
      why = "rules of packages do not hold for installs";
    } else if (step.package.empty()) {
      why += "; the package of this step is not known";
    } else {
      why += "; this is " + (step.hook.empty() ? "" : step.hook + " of ") + step.package;
    }
    rules.push_back({rule.name, why});
  }
  return rules;
}

std::string seam_text(const ChosenCall& chosen) {
  if (chosen.by == By::kNone) {
    return "no seam takes it when it is executed directly: it is this step where a front end "
           "passes "
           "it to a script seam, and by `rind run`\n";
  }
  return "taken by the seam " + chosen.seam + " (" + to_string(chosen.by) + ")\n";
}

std::string front_ends_own(const ChosenCall& chosen) {
  return "the front end's own call, not a step: " + chosen.seam +
         " runs it as it is, with the container's network and files; each build hook that it "
         "calls, "
         "and each call of a build environment's interpreter, is a step\n";
}

// The name of what a front end's call has in place of a path that was made up: "<wheel_directory>".
std::string with_made_up_names(std::string text, const AskedCall& asked) {
  if (!asked.hook()) return text;
  for (const auto& name : asked.hook()->made_up()) {
    const std::string path = asked.hook()->directory() + "/" + name;
    for (size_t at = 0; (at = text.find(path, at)) != std::string::npos;) {
      const bool column = text.compare(at + path.size(), 2, "  ") == 0;
      const size_t width = column ? path.size() : 0;
      std::string shown = "<" + name + ">";
      shown.resize(std::max(shown.size(), width), ' ');
      text.replace(at, path.size(), shown);
    }
  }
  return text;
}

std::string made_up_text(const AskedCall& asked) {
  if (!asked.hook()) return {};
  std::string names;
  for (const auto& name : asked.hook()->made_up()) {
    names += (names.empty() ? "<" : ", <") + name + ">";
  }
  return names + ": directories of the front end's, made up for this question" +
         (asked.hook()->made_up().size() > 1 ? " (--output names the real one)\n" : "\n");
}

// The argument of the hook for which a front end may name the path; "" where that is known already,
// or not possible.
std::string possible_output(const AskedCall& asked, const Access& access) {
  if (!asked.hook() || asked.hook()->made_up().size() < 2) return {};
  const bool directory = access.exists() && access.fact.type == NodeFact::Type::kDirectory;
  const bool shown = access.view == "ro" || access.view == "hidden" || access.view == "private";
  return directory && shown ? asked.hook()->made_up().back() : std::string();
}

}  // namespace

std::string answer_as_json(const Question& question) {
  const Planned& planned = question.planned;
  const AskedCall& asked = question.asked;
  Json out = explain_json(planned.plan, step_of(planned));
  if (!planned.step) {
    out["reason"] = asked.is_front_ends() ? "front-end" : "trusted";
  } else {
    Json rules = Json::array();
    for (const auto& rule : unheld_rules(question)) {
      rules.push_back({{"name", rule.name}, {"why", rule.why}});
    }
    out["rules_not_held"] = std::move(rules);
    out["made_up"] = Json::array();
    if (asked.hook()) {
      for (const auto& name : asked.hook()->made_up()) {
        out["made_up"].push_back(asked.hook()->directory() + "/" + name);
      }
    }
  }
  out["seam"] = nullptr;
  if (asked.chosen() && asked.chosen()->by != By::kNone) {
    out["seam"] = {{"kind", to_string(asked.chosen()->by)}, {"path", asked.chosen()->seam}};
  }
  if (planned.step && !question.paths.empty()) {
    const AccessFacts facts = gather_access_facts();
    Json answers = Json::array();
    for (const auto& path : question.paths) {
      const Access access = access_of(planned.plan, path, facts);
      Json answer = access_json(*planned.policy, planned.plan, access, facts);
      const std::string output = possible_output(asked, access);
      if (!output.empty()) answer["as_output"] = output;
      answers.push_back(std::move(answer));
    }
    out["paths"] = std::move(answers);
  }
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string answer_as_text(const Question& question) {
  const Planned& planned = question.planned;
  const AskedCall& asked = question.asked;
  if (asked.is_front_ends()) return safe_lines(front_ends_own(*asked.chosen()));
  std::string out;
  if (!planned.step) return explain_text(planned.plan, nullptr);
  if (question.paths.empty()) {
    out = explain_text(planned.plan, &*planned.step);
    const size_t first = out.find('\n') + 1;
    std::string more = asked.chosen() ? seam_text(*asked.chosen()) : made_up_text(asked);
    for (const auto& rule : unheld_rules(question)) {
      more += "rules that do not hold here: " + rule.name + " (" + rule.why + ")\n";
    }
    out.insert(first, safe_lines(more));
    return with_made_up_names(std::move(out), asked);
  }
  const AccessFacts facts = gather_access_facts();
  for (const auto& path : question.paths) {
    const Access access = access_of(planned.plan, path, facts);
    out += access_text(*planned.policy, planned.plan, access, facts);
    const std::string output = possible_output(asked, access);
    if (output.empty()) continue;
    out += "  where a front end names it as " + output +
           ": the step has a private directory in its place, empty at first; what the hook made is "
           "taken from it when the step ends well (--output " +
           access.path + " shows it)\n";
  }
  return with_made_up_names(safe_lines(out), asked);
}

}  // namespace rind
