#include "helper/supervisor/streams.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>

#include "common/base/error.h"
#include "common/base/sys.h"

namespace rind {
namespace {

constexpr int kAll[] = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};

// Through an open directory as standard stream a step would reach below every cover.
void require_plain_streams() {
  for (const int stream : kAll) {
    struct stat st = {};
    if (::fstat(stream, &st) == 0 && S_ISDIR(st.st_mode)) {
      throw Error("run the step",
                  "its standard stream " + std::to_string(stream) + " is a directory",
                  "start the command with /dev/null, a pipe or a file as that stream");
    }
  }
}

// /dev/null, zero and full store nothing, and pass on no data of others.
bool is_harmless_device(const struct stat& st) {
  constexpr unsigned kMemory = 1;
  constexpr unsigned kNull = 3, kZero = 5, kFull = 7;
  const unsigned number = minor(st.st_rdev);
  return S_ISCHR(st.st_mode) && major(st.st_rdev) == kMemory &&
         (number == kNull || number == kZero || number == kFull);
}

bool same_file(int a, int b) {
  struct stat one = {}, other = {};
  return ::fstat(a, &one) == 0 && ::fstat(b, &other) == 0 && one.st_dev == other.st_dev &&
         one.st_ino == other.st_ino;
}

// Makes an anonymous pipe of the builder readable, so that the step can open it again (/dev/stdin).
// It stays so: only an inherited descriptor leads to it, and other steps may read from it, too.
void let_read(int stream, const struct stat& st, const Plan& plan) {
  struct statfs fs = {};
  if (plan.uid == plan.builder_uid || st.st_uid != plan.builder_uid) return;
  if (::fstatfs(stream, &fs) != 0 || fs.f_type != PIPEFS_MAGIC) return;
  constexpr mode_t kReadable = 0044, kPermissions = 07777;
  // If this fails, a step that opens the pipe again gets the error.
  [[maybe_unused]] const int done = ::fchmod(stream, (st.st_mode & kPermissions) | kReadable);
}

}  // namespace

Streams::Streams(const Plan& plan) {
  require_plain_streams();
  // The replacement for a closed stream (sys::fill_standard_streams) goes to the step, too.
  for (const int stream : kAll) ::fcntl(stream, F_SETFD, 0);
  copies_.reserve(kMostCopies);
  try {
    if (!plan.null_stdin) take_input(plan);
    for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) take_output(stream, plan);
  } catch (const Error&) {
    restore();
    throw;
  }
}

Streams Streams::none() {
  Streams streams;
  streams.null_ = sys::open(AT_FDCWD, "/dev/null", O_RDWR);
  return streams;
}

void Streams::share(int stream) {
  Shared shared = {stream, ::fcntl(stream, F_GETFL), {}};
  struct termios settings = {};
  if (::tcgetattr(stream, &settings) == 0) shared.terminal = settings;
  if (shared.flags >= 0) shared_.push_back(shared);
}

// Standard input is not copied: the copy would read more than the step does, and a loop in a script
// (`while read line; do rind run ...; done`) would lose lines.
void Streams::take_input(const Plan& plan) {
  struct stat st = {};
  if (::fstat(STDIN_FILENO, &st) != 0 || is_harmless_device(st)) return;
  if (!S_ISFIFO(st.st_mode) && !S_ISREG(st.st_mode)) return share(STDIN_FILENO);
  if (S_ISFIFO(st.st_mode)) let_read(STDIN_FILENO, st, plan);
  // Without O_NONBLOCK, opening a fifo without a writer waits.
  input_ = Fd(::open("/proc/self/fd/0", O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  // A pipe of a third user cannot be opened again.
  if (!input_) return share(STDIN_FILENO);
  if (::fcntl(input_.get(), F_SETFL, 0) != 0) throw_errno("clear O_NONBLOCK of standard input");
  if (!S_ISREG(st.st_mode)) return;
  input_start_ = ::lseek(STDIN_FILENO, 0, SEEK_CUR);
  if (input_start_ < 0 || ::lseek(input_.get(), input_start_, SEEK_SET) < 0) {
    throw_errno("open standard input again");
  }
}

void Streams::take_output(int stream, const Plan& plan) {
  struct stat st = {};
  if (::fstat(stream, &st) != 0 || is_harmless_device(st)) return;
  if (plan.keeps_terminal && ::isatty(stream) != 0) return share(stream);
  // If both are the same file, both use one pipe: this keeps their order.
  const auto same = std::find_if(copies_.begin(), copies_.end(), [&](const OutputCopy& copy) {
    return same_file(copy.target(), stream);
  });
  replaced_.push_back({stream, static_cast<size_t>(same - copies_.begin())});
  if (same == copies_.end()) copies_.emplace_back(stream, plan.uid, plan.gid);
}

void Streams::enter() const {
  for (const int stream : kAll) {
    if (null_ && ::dup2(null_.get(), stream) < 0) throw_errno("replace a standard stream");
  }
  if (input_ && ::dup2(input_.get(), STDIN_FILENO) < 0) throw_errno("replace standard input");
  for (const auto& replaced : replaced_) {
    if (::dup2(copies_[replaced.copy].pipe(), replaced.stream) < 0) {
      throw_errno("replace a standard stream");
    }
  }
}

Streams::Polled Streams::waits_for() const {
  Polled polled;
  polled.fill({-1, 0, 0});
  for (size_t i = 0; i < copies_.size(); ++i) polled[i] = copies_[i].waits_for();
  return polled;
}

bool Streams::move(const Polled& polled) {
  bool any = false;
  for (size_t i = 0; i < copies_.size(); ++i) {
    if (polled[i].revents == 0) continue;
    copies_[i].move();
    any = true;
  }
  return any;
}

void Streams::writers_ended() {
  for (auto& copy : copies_) copy.writers_ended();
}

bool Streams::done() const {
  return std::all_of(copies_.begin(), copies_.end(), [](const auto& copy) { return copy.done(); });
}

void Streams::restore() {
  for (const auto& shared : shared_) {
    ::fcntl(shared.stream, F_SETFL, shared.flags);
    if (shared.terminal) ::tcsetattr(shared.stream, TCSANOW, &*shared.terminal);
  }
  shared_.clear();
  // Move the caller's position behind what the step has read, as with a shared description. Never
  // backwards: the caller would read the same data again.
  const off_t at = input_ ? ::lseek(input_.get(), 0, SEEK_CUR) : -1;
  if (at > input_start_) ::lseek(STDIN_FILENO, at, SEEK_SET);
  input_.reset();
}

void Streams::finish() {
  restore();
  for (const auto& copy : copies_) copy.require_complete();
}

Streams::~Streams() { restore(); }

}  // namespace rind
