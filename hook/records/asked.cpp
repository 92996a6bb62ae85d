#include "hook/records/asked.h"

#include <cstdio>
#include <ctime>

#include "common/base/error.h"
#include "hook/records/times.h"

namespace rind::hook {
namespace {

constexpr const char* kWhat = "read records";

void say_line(const std::string& line) { std::fprintf(stderr, "rind-hook: %s\n", line.c_str()); }

std::optional<int64_t> since_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  if (const auto time = parse_time(text)) return time;
  if (const auto duration = parse_duration(text)) {
    return static_cast<int64_t>(std::time(nullptr)) * 1000 - *duration;
  }
  throw Error(kWhat, "--since " + text + " is neither a time nor a duration",
              "write a time of UTC, as 2026-08-05 or 2026-08-05T12:30, or a duration, as 90m, 12h "
              "or 7d");
}

}  // namespace

Selection select(const PolicyFiles& policy, const RecordsAsked& asked) {
  const Filter filter = {since_of(asked.since), asked.package, asked.failed};
  if (!asked.paths.empty()) return Selection(asked.paths, filter);
  const std::vector<std::string> directories = record_directories(policy);
  if (directories.empty()) {
    throw Error(kWhat, "the policy keeps no records on this host",
                "set record.place to \"host\" in the policy, or name files or directories");
  }
  return Selection(directories, filter);
}

int say_of(const Selection& selection, const RecordsAsked& asked) {
  for (const auto& trouble : selection.troubles()) say_line(trouble);
  if (selection.damaged() != 0) {
    say_line(std::to_string(selection.damaged()) + " line" +
             (selection.damaged() == 1 ? " is" : "s are") + " no record; the first is " +
             printable(selection.first_damaged()));
  }
  if (selection.size() == 0 && selection.troubles().empty()) {
    const bool filtered = !asked.since.empty() || !asked.package.empty() || asked.failed;
    say_line(std::string("no step") + (filtered ? " that was asked for" : "") + " in " +
             std::to_string(selection.files()) + " files");
  }
  return selection.troubles().empty() ? 0 : 1;
}

}  // namespace rind::hook
