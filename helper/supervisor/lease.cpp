#include "helper/supervisor/lease.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/proc.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "common/kit/manifest.h"
#include "helper/plan/identity.h"

namespace rind {
namespace {

constexpr const char* kWhat = "give the step an identity of its own";

// Opens and locks the file of lease n; nothing when another process holds the lock.
Fd try_lock(size_t n) {
  const std::string path = std::string(kit::kDirectory) + "/leases/" + std::to_string(n);
  Fd file;
  try {
    file = sys::open(AT_FDCWD, path, O_RDONLY | O_NOFOLLOW);
  } catch (const SysError& e) {
    if (e.code() != ENOENT) throw;
    throw Error(kWhat, "the kit has no lease " + std::to_string(n),
                "recreate the container: its kit and its policy do not match");
  }
  if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return file;
  if (errno != EWOULDBLOCK) throw_errno("lock", path);
  return {};
}

// Runs in the child of vfork(2): takes the uid `id` and kills every process that it may signal.
// That is every process of this uid in the pid namespace except itself. The raw calls change this
// process only.
void kill_as(unsigned id) {
  if (::syscall(SYS_setresgid, id, id, id) != 0 || ::syscall(SYS_setresuid, id, id, id) != 0) {
    ::_exit(1);
  }
  ::kill(-1, SIGKILL);
  ::_exit(0);
}

// Returns false when the child failed. A process with this uid can kill our child first; that
// counts as a failure, too, and evict() tries again.
bool end_processes(unsigned id) {
  // The child only makes system calls, so it may share our memory.
  const pid_t pid = ::vfork();  // NOLINT(clang-analyzer-security.insecureAPI.vfork)
  if (pid < 0) throw_errno("fork");
  if (pid == 0) kill_as(id);  // NOLINT(clang-analyzer-unix.Vfork)
  const int status = sys::wait_for(pid);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// True for a zombie: it may never be reaped, and it does nothing any more.
bool has_ended(int proc, const std::string& pid) {
  constexpr size_t kStatLimit = 4096;
  try {
    const Fd file = sys::open(proc, pid + "/stat", O_RDONLY);
    const std::string stat = sys::read_all(file.get(), kStatLimit, "stat");
    // PID (NAME) STATE; the name may contain brackets.
    const size_t name_end = stat.rfind(')');
    if (name_end == std::string::npos || name_end + 2 >= stat.size()) return false;
    return stat[name_end + 2] == 'Z' || stat[name_end + 2] == 'X';
  } catch (const SysError& e) {
    if (e.code() != ENOENT && e.code() != ESRCH) throw;
    return true;
  }
}

// The pids of a process, from that in the procfs's pid namespace to that in its own.
std::vector<std::string> numbers_of(int proc, const std::string& pid) {
  constexpr size_t kStatusLimit = 64 * 1024;
  const Fd file = sys::open(proc, pid + "/status", O_RDONLY);
  for (const auto& line : split(sys::read_all(file.get(), kStatusLimit, "status"), '\n')) {
    if (line.starts_with("NSpid:\t")) return split(line.substr(7), '\t');
  }
  throw Error("read /proc/PID/status", "it has no NSpid",
              "use Linux 5.14 or newer, and a /proc that shows this process");
}

// True when the process with this number in /proc belongs to this pid namespace or to a nested one.
// A /proc of an outer pid namespace shows other processes, too, which must not be killed.
bool is_ours(int proc, const std::string& pid) {
  try {
    // This process has one pid for each namespace from that of the procfs to its own.
    const size_t level = numbers_of(proc, "self").size();
    if (level == 1) return true;
    const auto numbers = numbers_of(proc, pid);
    if (numbers.size() < level) return false;
    const Fd pidfd = sys::pidfd_open(std::atoi(numbers[level - 1].c_str()));
    return sys::proc_directory(pidfd.get()) == "/proc/" + pid;
  } catch (const SysError& e) {
    // It has just ended, or no process of this namespace has that pid.
    if (e.code() != ENOENT && e.code() != ESRCH) throw;
    return false;
  }
}

// True when a process of this pid namespace or of a nested one runs with the uid `id`.
bool lives(unsigned id) {
  const Fd directory = sys::open(AT_FDCWD, "/proc", O_PATH | O_DIRECTORY);
  const int proc = directory.get();
  bool found = false;
  sys::for_each_entry(proc, "/proc", [&](const dirent& entry) {
    struct stat st = {};
    if (entry.d_name[0] < '0' || entry.d_name[0] > '9') return true;
    // The directory of a process belongs to its effective uid, dumpable or not.
    if (!sys::try_lstat(proc, entry.d_name, st)) return true;  // just ended
    found = st.st_uid == id && !has_ended(proc, entry.d_name) && is_ours(proc, entry.d_name);
    return !found;
  });
  return found;
}

// True when no process of this pid namespace or of a nested one has the real uid `id`, and no
// zombie. Every process of a step has one uid: real, effective and saved. Forking cannot hide one:
// the kernel looks at all processes in one call, in the order in which they were made. It answers
// at once when nothing of the machine belongs to that uid. Any other answer, such as that of a
// seccomp profile, means "perhaps".
bool is_unused(unsigned id) {
  errno = 0;
  return ::getpriority(PRIO_USER, id) == -1 && errno == ESRCH;
}

void evict(unsigned id) {
  if (is_unused(id)) return;
  constexpr int kTries = 400;
  for (int i = 0; i < kTries; ++i) {
    if (end_processes(id) && !lives(id)) return;
    ::usleep(5000);
  }
  throw Error(kWhat, "processes of uid " + std::to_string(id) + " do not end",
              "look for them with ps in the container");
}

unsigned random_start(size_t count) {
  unsigned start = 0;
  if (::getrandom(&start, sizeof start, 0) != sizeof start) throw_errno("getrandom");
  return start % static_cast<unsigned>(count);
}

}  // namespace

void Lease::evict_processes() const { evict(id_); }

std::optional<Lease> Lease::take_first(const std::vector<unsigned>& ids,
                                       const std::vector<unsigned>& first) {
  if (first.empty()) return std::nullopt;
  const size_t start = random_start(first.size());
  for (size_t i = 0; i < first.size(); ++i) {
    if (auto lease = take_id(ids, first[(start + i) % first.size()])) return lease;
  }
  return std::nullopt;
}

Lease Lease::take(const std::vector<unsigned>& ids, const std::vector<unsigned>& first) {
  if (auto lease = take_first(ids, first)) return std::move(*lease);
  // Start at random: then the next step seldom gets the same id, and seldom meets files that one id
  // left.
  const size_t start = random_start(ids.size());
  // pid 1 of a killed supervisor may hold the lock for a moment.
  constexpr int kTries = 20;
  for (int i = 0; i < kTries; ++i) {
    for (size_t j = 0; j < ids.size(); ++j) {
      const size_t n = (start + j) % ids.size();
      if (ids[n] == PlannedIdentity::kNoId) continue;
      Fd lock = try_lock(n);
      if (!lock) continue;
      evict(ids[n]);
      return Lease(std::move(lock), ids[n]);
    }
    ::usleep(5000);
  }
  throw Error(kWhat, "all " + std::to_string(ids.size()) + " leases are taken",
              "run fewer steps at once, or raise \"leases\" in the policy");
}

std::optional<Lease> Lease::take_id(const std::vector<unsigned>& ids, unsigned id) {
  for (size_t n = 0; n < ids.size(); ++n) {
    if (ids[n] != id) continue;
    Fd lock = try_lock(n);
    if (!lock) return std::nullopt;
    evict(id);
    return Lease(std::move(lock), id);
  }
  return std::nullopt;
}

}  // namespace rind
