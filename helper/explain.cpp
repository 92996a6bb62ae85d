#include "helper/explain.h"

#include "common/error.h"
#include "common/text.h"

namespace rind {
namespace {

std::string view_name(const PlannedView& view) {
  switch (view.kind) {
    case PlannedView::Kind::kDevices:
      return "devices";
    case PlannedView::Kind::kProc:
      return "proc";
    case PlannedView::Kind::kView:
      break;
  }
  return to_string(view.view);
}

std::string terminals_name(Policy::Terminals terminals) {
  switch (terminals) {
    case Policy::Terminals::kNone:
      return "none";
    case Policy::Terminals::kPreferred:
      return "preferred";
    case Policy::Terminals::kRequired:
      return "required";
  }
  return "?";
}

Json step_json(const Step* step) {
  if (step == nullptr) return nullptr;
  Json outputs = Json::array();
  for (const auto& output : step->outputs) {
    outputs.push_back(
        {{"name", output.name}, {"path", output.path}, {"writable", output.writable}});
  }
  return {{"kind", to_string(step->kind)}, {"hook", step->hook},
          {"package", step->package},      {"build_environment", step->build_environment},
          {"source", step->source},        {"control", step->control},
          {"outputs", std::move(outputs)}};
}

// Paths and names come from packages: invalid UTF-8 is replaced, never thrown over.
std::string dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string padded(const std::string& text, size_t width) {
  return text.size() >= width ? text + " " : text + std::string(width - text.size(), ' ');
}

}  // namespace

Json explain_json(const Plan& plan, const Step* step) {
  Json views = Json::array();
  for (const auto& view : plan.views) {
    Json entry = {{"path", view.path}, {"view", view_name(view)}, {"rule", view.rule}};
    if (view.kind == PlannedView::Kind::kView && view.view == View::kPrivate) {
      entry["backing"] = to_string(view.backing);
      if (view.size != 0) entry["size"] = view.size;
    }
    views.push_back(std::move(entry));
  }
  Json environment = Json::array();
  for (const auto& decision : plan.decisions) {
    environment.push_back(
        {{"name", decision.name}, {"kept", decision.kept}, {"rule", decision.rule}});
  }
  return {{"version", 1},
          {"step", step_json(step)},
          {"command", plan.command},
          {"cwd", plan.cwd},
          {"stdin", plan.null_stdin ? "null" : "inherited"},
          {"identity", {{"mode", "self"}, {"uid", plan.uid}, {"gid", plan.gid}}},
          {"namespaces", {"user", "mount", "pid", "ipc", "uts", "net"}},
          {"network", "none"},
          {"root", "ro"},
          {"views", std::move(views)},
          {"masked_proc", plan.masked_proc},
          {"devices", plan.devices},
          {"terminals", terminals_name(plan.terminals)},
          {"environment", std::move(environment)}};
}

std::string explain_text(const Plan& plan, const Step* step) {
  std::string out;
  if (step == nullptr) {
    return "a trusted command: no step; it runs without network, and sees the container as it is\n";
  }
  out += "step: " + to_string(step->kind) + (step->hook.empty() ? "" : " " + step->hook);
  if (!step->package.empty()) out += " of " + step->package;
  out += "\ncommand:";
  for (const auto& word : plan.command) out += " " + word;
  out += "\nworking directory: " + plan.cwd +
         "\nstandard input: " + (plan.null_stdin ? "/dev/null" : "the caller's");
  out += "\nidentity: self, uid " + std::to_string(plan.uid) + ", gid " + std::to_string(plan.gid);
  out +=
      "\nnamespaces: user mount pid ipc uts net; network: loopback only\nviews, outermost first:\n";
  out += "  " + padded("ro", 9) + padded("/", 50) + "the root is read-only\n";
  for (const auto& view : plan.views) {
    std::string name = view_name(view);
    if (view.kind == PlannedView::Kind::kView && view.view == View::kPrivate) {
      name += view.backing == Backing::kDisk ? ",disk" : ",mem";
    }
    out += "  " + padded(name, 9) + padded(view.path, 50) + view.rule + "\n";
  }
  out += "environment (names only):\n";
  for (const auto& decision : plan.decisions) {
    out += std::string("  ") + (decision.kept ? "kept     " : "dropped  ") +
           padded(decision.name, 50) + decision.rule + "\n";
  }
  // A hostile name must not print escape sequences to a terminal.
  std::string safe;
  for (size_t start = 0; start < out.size();) {
    const size_t end = out.find('\n', start);
    safe += printable(out.substr(start, end - start)) + "\n";
    start = end + 1;
  }
  return safe;
}

std::string explain_path(const Plan& plan, const std::string& path) {
  const PlannedView* view = deciding_view(plan, path);
  if (view == nullptr) return dump(Json(path)) + " is ro: the root is read-only\n";
  std::string how = view_name(*view);
  if (view->path != path && view->kind == PlannedView::Kind::kView) {
    if (view->view == View::kHidden) how = "hidden (not there)";
    if (view->view == View::kPrivate) how = "private (not there at first)";
  }
  return dump(Json(path)) + " is " + how + ": " + view->rule + ", by the view of " +
         dump(Json(view->path)) + "\n";
}

}  // namespace rind
