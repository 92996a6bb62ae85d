#include "common/kit/finding.h"

#include <algorithm>

#include "common/base/json.h"
#include "common/base/names.h"
#include "common/base/remedy.h"

namespace rind {
namespace {

std::string padded(const std::string& text, size_t width) {
  return text + std::string(text.size() < width ? width - text.size() : 0, ' ');
}

}  // namespace

std::string to_string(Finding::State state) {
  using State = Finding::State;
  static constexpr Name<State> kNames[] = {{State::kOk, "ok"},
                                           {State::kWarning, "warning"},
                                           {State::kFailed, "failed"},
                                           {State::kUnknown, "unknown"}};
  return name_of(kNames, state);
}

Finding failed(const std::string& id, const Error& error) {
  const std::string why = error.why().empty() ? "" : ": " + error.why();
  const std::string whole = with_remedy(error, "see docs/operating.md");
  const std::string remedy =
      error.remedy().empty() ? whole.substr(whole.rfind("; ") + 2) : error.remedy();
  return {Finding::State::kFailed, id, error.subject() + why, remedy};
}

Finding look_at(const std::string& id, const std::function<std::string()>& look) {
  try {
    return {Finding::State::kOk, id, look(), {}};
  } catch (const Error& e) {
    return failed(id, e);
  }
}

bool any_failed(const Findings& findings) {
  return std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.state == Finding::State::kFailed;
  });
}

std::string findings_text(const Findings& findings) {
  constexpr size_t kStateWidth = 9;
  size_t id_width = 0;
  for (const auto& finding : findings) id_width = std::max(id_width, finding.id.size() + 2);
  std::string text;
  for (const auto& finding : findings) {
    text += padded(to_string(finding.state), kStateWidth) + padded(finding.id, id_width) +
            printable(finding.found) + "\n";
    if (finding.remedy.empty()) continue;
    text += padded("", kStateWidth + id_width) + "-> " + printable(finding.remedy) + "\n";
  }
  return text;
}

Json findings_json(const Findings& findings) {
  Json array = Json::array();
  for (const auto& finding : findings) {
    array.push_back({{"id", finding.id},
                     {"state", to_string(finding.state)},
                     {"found", finding.found},
                     {"remedy", finding.remedy}});
  }
  return array;
}

}  // namespace rind
