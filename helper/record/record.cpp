#include "helper/record/record.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/base/resolve.h"
#include "common/base/say.h"
#include "common/base/sys.h"

namespace rind {
namespace {

constexpr const char* kWhat = "record the step";
constexpr const char* kInContainer = "steps.jsonl";
constexpr int kFlags =
    O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK;  // O_NONBLOCK: do not wait for a fifo

// RFC 3339, UTC, milliseconds. Not gmtime(3), which reads TZ and the image's /etc/localtime.
std::string rfc3339(const struct timespec& time) {
  using std::chrono::days, std::chrono::seconds, std::chrono::sys_seconds;
  const sys_seconds second{seconds{time.tv_sec}};
  const auto day = std::chrono::floor<days>(second);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{second - day};
  char text[64];
  std::snprintf(
      text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()), static_cast<int>(time.tv_nsec / 1'000'000));
  return text;
}

// Seconds with milliseconds; 0 if the clock was set back meanwhile.
double seconds_between(const struct timespec& start, const struct timespec& end) {
  const int64_t milliseconds = (static_cast<int64_t>(end.tv_sec) - start.tv_sec) * 1000 +
                               (end.tv_nsec - start.tv_nsec) / 1'000'000;
  return static_cast<double>(std::max<int64_t>(milliseconds, 0)) / 1000;
}

Json outputs_json(const std::vector<StepRecord::Output>& outputs) {
  Json array = Json::array();
  for (const auto& output : outputs) {
    array.push_back({{"name", output.name},
                     {"path", output.path},
                     {"size", output.size},
                     {"sha256", output.sha256}});
  }
  return array;
}

template <typename T>
Json value_or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json usage_json(const StepRecord::Usage& usage) {
  return {{"peak_memory", value_or_null(usage.peak_memory)},
          {"user_time", value_or_null(usage.user_time)},
          {"system_time", value_or_null(usage.system_time)},
          {"written", value_or_null(usage.written)}};
}

std::vector<std::string> first_of(const std::vector<std::string>& names, size_t most) {
  const size_t count = std::min(names.size(), most);
  return {names.begin(), names.begin() + static_cast<std::ptrdiff_t>(count)};
}

Json outcome_json(const StepRecord& record) {
  return {{"exit_status", value_or_null(record.exit_status)},
          {"signal", value_or_null(record.signal)},
          {"error", record.error},
          {"causes", record.causes},
          {"limit", record.limit},
          {"refused_network", record.refused_network},
          {"out_of_memory", record.out_of_memory},
          {"killed_by_seccomp", record.killed_by_seccomp}};
}

// The remedy when `path` cannot be opened. code: the errno.
std::string remedy_for(int code, const RecordRules& rules, const std::string& path) {
  if (code == ELOOP) {
    return "set record.directory to a path without symbolic links, and make " + path +
           " a regular file";
  }
  if (rules.place == RecordRules::Place::kContainer) {
    return "make the directory " + rules.directory + " in the container, writable by uid " +
           std::to_string(::geteuid()) + ", or change record in the policy";
  }
  if (code == EACCES || code == EPERM) {
    return "run the front end as the user that the container was started for, not as uid " +
           std::to_string(::geteuid());
  }
  return "recreate the container: the hook makes the file when the policy has record.place "
         "\"host\"; on the build host, read `journalctl -t rind-hook`";
}

Fd open_file(const RecordRules& rules, const std::string& in_kit) {
  if (rules.place == RecordRules::Place::kHost) return sys::open(AT_FDCWD, in_kit, kFlags);
  const Fd directory = open_canonical(rules.directory, O_PATH | O_DIRECTORY);
  return sys::open(directory.get(), kInContainer, kFlags | O_CREAT, 0600);
}

// Waits until no other supervisor writes, with a time limit: a step with identity `self` may be
// able to open a file of place `container` and keep a lock on it.
void lock(int file, const std::string& path) {
  constexpr struct timespec kPause = {0, 10'000'000};
  constexpr int kTries = 3000;  // 30 s
  for (int i = 0; i < kTries; ++i) {
    if (::flock(file, LOCK_EX | LOCK_NB) == 0) return;
    if (errno != EWOULDBLOCK && errno != EINTR) throw_errno("lock", path);
    ::nanosleep(&kPause, nullptr);
  }
  throw Error(kWhat, "another process has held the lock on " + path + " for 30 s",
              "find that process with lslocks, and end it");
}

// True when the last line has no end, as after a supervisor was killed.
bool ends_within_a_line(int file, off_t size, const std::string& path) {
  char last = '\n';
  if (size > 0 && ::pread(file, &last, 1, size - 1) < 0) throw_errno("read", path);
  return last != '\n';
}

// Holds the lock for a scope: an error releases it, too.
class Locked {
 public:
  Locked(int file, const std::string& path) : file_(file) { lock(file, path); }
  ~Locked() { ::flock(file_, LOCK_UN); }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;

 private:
  int file_;
};

}  // namespace

Json to_json(const StepRecord& record) {
  return {{"version", 1},
          {"id", record.id},
          {"container", record.container},
          {"start", rfc3339(record.start)},
          {"end", rfc3339(record.end)},
          {"duration", seconds_between(record.start, record.end)},
          {"kind", record.kind},
          {"hook", record.hook},
          {"package", record.package},
          {"source", record.source},
          {"build_environment", record.build_environment},
          {"program", record.program},
          {"identity",
           {{"mode", record.identity.mode},
            {"uid", record.identity.uid},
            {"gid", record.identity.gid},
            {"reason", record.identity.reason}}},
          {"network", record.network},
          {"seccomp", record.seccomp},
          {"namespaces", record.namespaces},
          {"rules", record.rules},
          {"absent", record.absent},
          {"outcome", outcome_json(record)},
          {"outputs", outputs_json(record.outputs)},
          {"usage", usage_json(record.usage)},
          {"withheld", first_of(record.withheld, kRecordedWithheld)},
          {"dropped", first_of(record.dropped, kRecordedDropped)},
          {"dropped_count", record.dropped_count}};
}

std::string to_line(const StepRecord& record) {
  // ASCII only: names cannot bring Unicode line separators or text directions into a terminal.
  constexpr bool kAscii = true;
  return to_json(record).dump(-1, ' ', kAscii, Json::error_handler_t::replace) + "\n";
}

RecordFile RecordFile::open(const RecordRules& rules, const std::string& in_kit) {
  RecordFile out;
  if (rules.place == RecordRules::Place::kNone) return out;
  const bool host = rules.place == RecordRules::Place::kHost;
  out.path_ = host ? in_kit : rules.directory + "/" + kInContainer;
  try {
    out.file_ = open_file(rules, in_kit);
  } catch (const SysError& e) {
    throw Error(kWhat, e.what(), remedy_for(e.code(), rules, out.path_));
  }
  const struct stat st = sys::stat_fd(out.file_.get(), out.path_);
  out.host_ = host;
  out.require_name(st);
  if (!S_ISREG(st.st_mode) || st.st_nlink > 1) {
    throw Error(kWhat, out.path_ + " is not a regular file, or has a second hard link",
                "move it away");
  }
  return out;
}

void RecordFile::require_name(const struct stat& st) const {
  if (st.st_nlink != 0) return;
  throw Error(kWhat,
              host_ ? "the container's record was removed on the build host: a line would be lost"
                    : path_ + " was removed: a line would be lost",
              host_ ? "start the container again: the hook makes the file anew" : "run it again");
}

void RecordFile::append(const StepRecord& record) {
  if (!file_) return;
  std::string line = to_line(record);
  const Locked locked(file_.get(), path_);
  const struct stat st = sys::stat_fd(file_.get(), path_);
  require_name(st);
  const off_t size = st.st_size;
  if (ends_within_a_line(file_.get(), size, path_)) line.insert(0, "\n");
  ssize_t n = 0;
  do {
    n = ::write(file_.get(), line.data(), line.size());
  } while (n < 0 && errno == EINTR);
  if (n == static_cast<ssize_t>(line.size())) return;
  const std::string why =
      n < 0 ? SysError("write", path_, errno).what()
            : "write " + path_ + ": the file system has room for only a part of the line";
  // Remove the incomplete line. Where that fails, too, the next record starts a new line.
  if (n > 0) [[maybe_unused]]
    const int cut = ::ftruncate(file_.get(), size);
  throw Error(kWhat, why, "make room in the file system of the record");
}

void RecordFile::append_quietly(const StepRecord& record) {
  try {
    append(record);
  } catch (const Error& e) {
    say(e.what());
  }
}

}  // namespace rind
