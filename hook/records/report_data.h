// What a report sums up before it prints the steps.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "hook/records/step_line.h"

namespace rind::hook {

// What a step is on the time line.
enum class BarKind { kWheel, kSdist, kAsk, kInstall, kOther };
BarKind bar_kind(const StepLine& step);

struct Sums {
  size_t steps = 0, failed = 0, outputs = 0;
  double duration = 0, processor = 0;                // seconds
  uint64_t peak = 0, written = 0, output_bytes = 0;  // bytes; peak: the largest
  uint64_t dropped = 0, refused_network = 0;
  int64_t start = INT64_MAX, end = INT64_MIN;  // milliseconds since 1970

  void add(const StepLine& step);
};

class ReportData {
 public:
  struct Bar {
    int64_t start = 0, end = 0;  // milliseconds since 1970
    size_t number = 0;           // of the step, from 1, as it is listed
    BarKind kind = BarKind::kOther;
    bool failed = false;
    std::string label;  // for people
  };
  struct Package {
    std::string name;
    Sums sums;
    std::vector<Bar> bars;  // those of failed steps last: they are drawn over others
  };
  struct Failure {
    size_t number = 0;
    StepLine step;
  };

  void add(const StepLine& step);
  // Packages with failed steps first, then those that took longest.
  std::vector<Package> packages() const;

  const Sums& sums() const { return sums_; }
  size_t package_count() const { return packages_.size(); }
  size_t container_count() const { return containers_.size(); }
  // The first kMostFailures.
  const std::vector<Failure>& failures() const { return failures_; }

  static constexpr size_t kMostFailures = 200;

 private:
  Sums sums_;
  std::map<std::string, Package> packages_;
  std::set<std::string> containers_;
  std::vector<Failure> failures_;
};

}  // namespace rind::hook
