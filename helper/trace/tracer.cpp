#include "helper/trace/tracer.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "common/base/error.h"
#include "common/base/sys.h"
#include "helper/trace/known_calls.h"
#include "helper/trace/task_memory.h"

namespace rind {
namespace {

#if defined(__x86_64__)
constexpr uint32_t kNative = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr uint32_t kNative = AUDIT_ARCH_AARCH64;
#elif defined(__powerpc64__)
constexpr uint32_t kNative = AUDIT_ARCH_PPC64LE;
#elif defined(__s390x__)
constexpr uint32_t kNative = AUDIT_ARCH_S390X;
#endif

constexpr int kSyscallStop = SIGTRAP | 0x80;  // PTRACE_O_TRACESYSGOOD

void resume(pid_t task, int signal) {
  // ESRCH: it was killed meanwhile.
  ::ptrace(PTRACE_SYSCALL, task, nullptr, static_cast<long>(signal));
}

// The target of a link of /proc; "" when it cannot be read.
std::string target_of(const std::string& link) {
  try {
    return sys::read_link(AT_FDCWD, link);
  } catch (const Error&) {
    return {};
  }
}

std::string descriptor_of(pid_t task, uint64_t descriptor) {
  return target_of(in_proc(task, "fd/" + std::to_string(static_cast<int>(descriptor))));
}

// The path at `address`, below the directory that argument `directory` names; "" when it cannot be
// told.
std::string path_at(pid_t task, const uint64_t (&arguments)[6], int directory, int path) {
  const std::optional<std::string> text = read_string(task, arguments[path]);
  if (!text) return {};
  if (text->starts_with("/")) return *text;
  const bool here =
      directory == KnownCall::kHere || static_cast<int>(arguments[directory]) == AT_FDCWD;
  const std::string top =
      here ? target_of(in_proc(task, "cwd")) : descriptor_of(task, arguments[directory]);
  if (top.empty() || text->empty()) return top;
  return (top == "/" ? "" : top) + "/" + *text;
}

std::string host_and_port(int family, const void* address, in_port_t port) {
  char host[INET6_ADDRSTRLEN] = {};
  if (::inet_ntop(family, address, host, sizeof host) == nullptr) return {};
  const std::string shown = family == AF_INET6 ? "[" + std::string(host) + "]" : host;
  return shown + ":" + std::to_string(ntohs(port));
}

// The socket's address in `bytes`, as FailedCall names it; "" for another family.
std::string address_in(const std::string& bytes) {
  sa_family_t family = AF_UNSPEC;
  if (bytes.size() < sizeof family) return {};
  std::memcpy(&family, bytes.data(), sizeof family);
  if (family == AF_INET && bytes.size() >= sizeof(struct sockaddr_in)) {
    struct sockaddr_in address = {};
    std::memcpy(&address, bytes.data(), sizeof address);
    return host_and_port(AF_INET, &address.sin_addr, address.sin_port);
  }
  if (family == AF_INET6 && bytes.size() >= sizeof(struct sockaddr_in6)) {
    struct sockaddr_in6 address = {};
    std::memcpy(&address, bytes.data(), sizeof address);
    return host_and_port(AF_INET6, &address.sin6_addr, address.sin6_port);
  }
  constexpr size_t kPath = offsetof(struct sockaddr_un, sun_path);
  if (family != AF_UNIX || bytes.size() <= kPath) return {};
  if (bytes[kPath] != '\0')
    return bytes.substr(kPath, ::strnlen(&bytes[kPath], bytes.size() - kPath));
  std::string name = "@" + bytes.substr(kPath + 1);
  std::replace(name.begin(), name.end(), '\0', '@');
  return name;
}

std::string address_at(pid_t task, uint64_t address, uint64_t size) {
  if (address == 0 || size > sizeof(struct sockaddr_storage)) return {};
  return address_in(read_memory(task, address, size).value_or(""));
}

// Calls that may succeed without doing what they say (helper/pid1/filter/rules.h), or that tell
// what the step itself serves or made.
bool is_noted_always(uint64_t number) {
#ifdef SYS_open
  if (number == SYS_open || number == SYS_chown || number == SYS_lchown) return true;
  if (number == SYS_mkdir) return true;
#endif
  switch (number) {
    case SYS_openat:
    case SYS_openat2:
    case SYS_bind:
    case SYS_mkdirat:
    case SYS_fchown:
    case SYS_fchownat:
    case SYS_setrlimit:
    case SYS_prlimit64:
      return true;
    default:
      return false;
  }
}

// True for a call that gives a file to another user than the step's own. arguments: of the call.
bool gives_away(const KnownCall& call, const uint64_t (&arguments)[6]) {
  const size_t first = call.number == SYS_fchownat ? 2 : 1;
  const auto is_other = [&](size_t i) {
    const auto id = static_cast<uint32_t>(arguments[i]);
    return id != 0 && id != ~0U;
  };
  return is_other(first) || is_other(first + 1);
}

// The hard limit that setrlimit(2) or prlimit64(2) was to set; "" when it cannot be read.
std::string asked_limit(pid_t task, const KnownCall& call, const uint64_t (&arguments)[6]) {
  const uint64_t address = arguments[call.number == SYS_setrlimit ? 1 : 2];
  struct rlimit limit = {};
  const std::string bytes = read_memory(task, address, sizeof limit).value_or("");
  if (bytes.size() != sizeof limit) return {};
  std::memcpy(&limit, bytes.data(), sizeof limit);
  return limit.rlim_max == RLIM_INFINITY ? "" : std::to_string(limit.rlim_max);
}

// True when `failed`, which succeeded, is worth a note.
bool is_told(const KnownCall& call, const uint64_t (&arguments)[6], const FailedCall& failed,
             const std::set<std::string>& other) {
  const std::string name = call.name;
  if (name == "open") return other.count(failed.path) != 0;
  if (name == "chown") return gives_away(call, arguments);
  if (name == "bind" || name == "mkdir") return true;
  const bool sets = call.number == SYS_setrlimit || arguments[2] != 0;
  return sets && static_cast<int>(arguments[call.path]) == RLIMIT_CORE;
}

// What open(2) with these flags wants.
FailedCall::Want want_of_flags(uint64_t flags) {
  if ((flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT) != 0) return FailedCall::Want::kWrite;
  return (flags & O_PATH) != 0 ? FailedCall::Want::kLook : FailedCall::Want::kRead;
}

FailedCall::Want want_of(pid_t task, const KnownCall& call, const uint64_t (&arguments)[6]) {
  if (call.number == SYS_openat2) {
    const std::string how = read_memory(task, arguments[2], sizeof(uint64_t)).value_or("");
    uint64_t flags = 0;
    if (how.size() == sizeof flags) std::memcpy(&flags, how.data(), sizeof flags);
    return want_of_flags(flags);
  }
  if (call.flags == KnownCall::kNone) return call.want;
  const uint64_t flags = arguments[call.flags];
  if (call.want == FailedCall::Want::kRead) return want_of_flags(flags);
  // access(2)
  if ((flags & W_OK) != 0) return FailedCall::Want::kWrite;
  if ((flags & X_OK) != 0) return FailedCall::Want::kExecute;
  return (flags & R_OK) != 0 ? FailedCall::Want::kRead : FailedCall::Want::kLook;
}

}  // namespace

Error no_tracer(int code) {
  return Error("trace the step", std::string("ptrace: ") + std::strerror(code),
               "run the container with a seccomp profile that allows ptrace (the engines' own do), "
               "and a sysctl kernel.yama.ptrace_scope below 2");
}

int Tracer::ask() { return ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0 ? 0 : errno; }

void Tracer::go_on(pid_t task, int status) {
  if (first_) {
    // It has just executed.
    first_ = false;
    constexpr long kOptions = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                              PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
    if (::ptrace(PTRACE_SETOPTIONS, task, nullptr, kOptions) != 0) throw_errno("trace the step");
    tasks_.emplace(task, Call{});
    return resume(task, 0);
  }
  const int signal = WSTOPSIG(status);
  const auto [found, fresh] = tasks_.try_emplace(task);
  if (signal == kSyscallStop) {
    look(task, found->second);
    return resume(task, 0);
  }
  const bool is_event = status >> 16 != 0;
  // A new task begins with a SIGSTOP of the tracer's.
  if (is_event || (fresh && signal == SIGSTOP)) return resume(task, 0);
  siginfo_t info = {};
  // Fails where the task is stopped as a whole; it goes on.
  const bool is_delivered = ::ptrace(PTRACE_GETSIGINFO, task, nullptr, &info) == 0;
  resume(task, is_delivered ? signal : 0);
}

void Tracer::refuse(pid_t task, int status) {
  const int signal = WSTOPSIG(status);
  // For these two a tracer is asked; nothing else stops or kills the task.
  const bool is_question = signal == SIGTRAP || signal == SIGSTOP;
  ::ptrace(PTRACE_DETACH, task, nullptr, static_cast<long>(is_question ? 0 : signal));
}

void Tracer::look(pid_t task, Call& call) {
  struct __ptrace_syscall_info info = {};
  const auto size = reinterpret_cast<void*>(sizeof info);
  if (::ptrace(PTRACE_GET_SYSCALL_INFO, task, size, &info) <= 0) return;
  if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
    call.inside = true;
    call.architecture = info.arch;
    call.number = info.entry.nr;
    std::copy(std::begin(info.entry.args), std::end(info.entry.args), call.arguments);
    // The filter is asked next, and may end the process: there is no other end of this call to
    // note.
    if (info.arch != kNative) {
      write({FailedCall::Want::kCall, ENOSYS, kForeignCall, target_of(in_proc(task, "exe")), {}});
    }
    return;
  }
  const bool ended = info.op == PTRACE_SYSCALL_INFO_EXIT && call.inside;
  const bool failed = ended && info.exit.is_error != 0;
  if (ended && call.architecture == kNative && (failed || is_noted_always(call.number))) {
    note(task, call, failed ? static_cast<int>(-info.exit.rval) : 0);
  }
  call.inside = false;
}

void Tracer::note(pid_t task, const Call& call, int code) {
  // A task has one tracer: without this one the call would have succeeded, but for pid 1.
  constexpr uint64_t kPid1 = 1;
  if (call.number == SYS_ptrace && code == EPERM && call.arguments[1] != kPid1) return;
  const KnownCall* known = known_call(static_cast<long>(call.number));
  if (known == nullptr || (code != 0 && !is_denial(*known, code))) return;
  FailedCall failed = {want_of(task, *known, call.arguments), code, known->name, {}, {}};
  switch (known->form) {
    case KnownCall::Form::kTwoPaths:
      failed.other = path_at(task, call.arguments, known->other_directory, known->other);
      [[fallthrough]];
    case KnownCall::Form::kPath:
      failed.path = path_at(task, call.arguments, known->directory, known->path);
      break;
    case KnownCall::Form::kDescriptor:
      failed.path = descriptor_of(task, call.arguments[known->directory]);
      break;
    case KnownCall::Form::kAddress:
      failed.path = address_at(task, call.arguments[known->path], call.arguments[known->other]);
      if (failed.path.empty()) return;
      break;
    case KnownCall::Form::kNumber:
      if (known->path != KnownCall::kNone) {
        failed.path = std::to_string(call.arguments[known->path]);
      }
      if (failed.call == "setrlimit") failed.other = asked_limit(task, *known, call.arguments);
      break;
  }
  if (code != 0 || is_told(*known, call.arguments, failed, other_)) write(failed);
}

void Tracer::write(const FailedCall& failed) {
  std::string text = encode(failed);
  if (text == last_) return;
  // The last ones tell most of why a step failed.
  constexpr size_t kMost = 4 * 1024 * 1024;
  if (written_ + text.size() > kMost) {
    if (::ftruncate(notes_, 0) != 0 || ::lseek(notes_, 0, SEEK_SET) != 0) return;
    written_ = 0;
  }
  sys::write_all(notes_, text, "the tracer's notes");
  written_ += text.size();
  last_ = std::move(text);
}

}  // namespace rind
