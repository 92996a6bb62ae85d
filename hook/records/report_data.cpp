#include "hook/records/report_data.h"

#include <algorithm>

#include "hook/records/times.h"

namespace rind::hook {

BarKind bar_kind(const StepLine& step) {
  const auto is = [&](const char* prefix) { return step.hook.starts_with(prefix); };
  if (is("build_wheel") || is("build_editable") || step.kind == "pip-wheel") return BarKind::kWheel;
  if (is("build_sdist")) return BarKind::kSdist;
  if (is("get_requires") || is("prepare_metadata") || is("_")) return BarKind::kAsk;
  if (step.kind == "install") return BarKind::kInstall;
  return BarKind::kOther;
}

void Sums::add(const StepLine& step) {
  ++steps;
  if (step.failed()) ++failed;
  duration += step.duration;
  processor += step.user_time.value_or(0) + step.system_time.value_or(0);
  peak = std::max(peak, step.peak_memory.value_or(0));
  written += step.written.value_or(0);
  dropped += step.dropped_count;
  refused_network += step.refused_network;
  outputs += step.outputs.size();
  for (const auto& output : step.outputs) output_bytes += output.size;
  start = std::min(start, step.start);
  end = std::max(end, step.end);
}

void ReportData::add(const StepLine& step) {
  sums_.add(step);
  if (!step.container.empty()) containers_.insert(step.container);
  Package& package = packages_[step.package];
  package.name = step.package;
  package.sums.add(step);
  package.bars.push_back({step.start, step.end, sums_.steps, bar_kind(step), step.failed(),
                          step_name(step) + ", " + duration_text(step.duration) +
                              (step.failed() ? ", " + verdict(step) : "")});
  if (step.failed() && failures_.size() < kMostFailures) failures_.push_back({sums_.steps, step});
}

std::vector<ReportData::Package> ReportData::packages() const {
  std::vector<Package> out;
  for (const auto& [name, package] : packages_) {
    out.push_back(package);
    auto& bars = out.back().bars;
    std::stable_partition(bars.begin(), bars.end(), [](const Bar& bar) { return !bar.failed; });
  }
  std::stable_sort(out.begin(), out.end(), [](const Package& one, const Package& other) {
    const bool failed = one.sums.failed != 0, other_failed = other.sums.failed != 0;
    if (failed != other_failed) return failed;
    return one.sums.duration > other.sums.duration;
  });
  return out;
}

}  // namespace rind::hook
