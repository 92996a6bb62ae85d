#include "helper/tools/answer.h"

#include "common/base/json.h"
#include "helper/facts/node_facts.h"
#include "helper/plan/access.h"
#include "helper/plan/explain.h"
#include "helper/plan/explain_access.h"

namespace rind {
namespace {

const Step* step_of(const Planned& planned) { return planned.step ? &*planned.step : nullptr; }

}  // namespace

std::string answer_as_json(const Planned& planned, const std::vector<std::string>& paths) {
  Json out = explain_json(planned.plan, step_of(planned));
  if (planned.step && !paths.empty()) {
    const AccessFacts facts = gather_access_facts();
    Json answers = Json::array();
    for (const auto& path : paths) {
      const Access access = access_of(planned.plan, path, facts);
      answers.push_back(access_json(planned.policy, planned.plan, access, facts));
    }
    out["paths"] = std::move(answers);
  }
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string answer_as_text(const Planned& planned, const std::vector<std::string>& paths) {
  if (!planned.step || paths.empty()) return explain_text(planned.plan, step_of(planned));
  const AccessFacts facts = gather_access_facts();
  std::string out;
  for (const auto& path : paths) {
    const Access access = access_of(planned.plan, path, facts);
    out += access_text(planned.policy, planned.plan, access, facts);
  }
  return safe_lines(out);
}

}  // namespace rind
