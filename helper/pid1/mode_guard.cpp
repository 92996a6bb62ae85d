#include "helper/pid1/mode_guard.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "common/base/sys.h"
#include "helper/pid1/seccomp.h"
#include "helper/trace/task_memory.h"

namespace rind {
namespace {

struct Numbers {
  uint32_t arch;
  int chmod, fchmod, fchmodat;  // -1: the architecture has no such call
};
// Of every entry point that the filter of filter/variants.h lets in.
constexpr Numbers kNumbers[] = {{AUDIT_ARCH_X86_64, 90, 91, 268},  {AUDIT_ARCH_I386, 15, 94, 306},
                                {AUDIT_ARCH_AARCH64, -1, 52, 53},  {AUDIT_ARCH_ARM, 15, 94, 333},
                                {AUDIT_ARCH_PPC64LE, 15, 94, 297}, {AUDIT_ARCH_S390X, 15, 94, 299},
                                {AUDIT_ARCH_S390, 15, 94, 299}};
constexpr int kFchmodat2 = 452;  // of every architecture

constexpr mode_t kSetIds = S_ISUID | S_ISGID;

bool is_asked_still(int listener, uint64_t id) {
  return ::ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

// Opens the file that `call` of `task` names. Throws SysError.
Fd open_file(int task, const ModeCall& call, const std::string& path) {
  const std::string descriptor = in_proc(task, "fd/" + std::to_string(call.directory));
  const bool itself = path.empty() && (call.flags & AT_EMPTY_PATH) != 0;
  if (call.kind == ModeCall::Kind::kDescriptor || (itself && call.directory != AT_FDCWD)) {
    try {
      return sys::open(AT_FDCWD, descriptor, O_PATH);
    } catch (const SysError& e) {
      throw SysError("open", descriptor, e.code() == ENOENT ? EBADF : e.code());
    }
  }
  const std::string from = call.directory == AT_FDCWD ? in_proc(task, "cwd") : descriptor;
  if (itself) return sys::open(AT_FDCWD, from, O_PATH);
  const int links = (call.flags & AT_SYMLINK_NOFOLLOW) != 0 ? O_NOFOLLOW : 0;
  if (path.starts_with("/")) return sys::open(AT_FDCWD, as_seen_by(task, path), O_PATH | links);
  const Fd directory = sys::open(AT_FDCWD, from, O_PATH | O_DIRECTORY);
  return sys::open(directory.get(), path, O_PATH | links);
}

}  // namespace

ModeCall mode_call(uint32_t arch, int number, const uint64_t (&arguments)[6]) {
  const auto* const found =
      std::find_if(std::begin(kNumbers), std::end(kNumbers),
                   [&](const Numbers& numbers) { return numbers.arch == arch; });
  if (found == std::end(kNumbers) || number < 0) return {};
  const auto word = [&](size_t i) { return static_cast<unsigned>(arguments[i]); };
  const int first = static_cast<int>(word(0));
  if (number == found->chmod) {
    return {ModeCall::Kind::kPath, AT_FDCWD, arguments[0], word(1), 0};
  }
  if (number == found->fchmod) return {ModeCall::Kind::kDescriptor, first, 0, word(1), 0};
  if (number == found->fchmodat) {
    return {ModeCall::Kind::kPath, first, arguments[1], word(2), 0};
  }
  if (number == kFchmodat2) {
    return {ModeCall::Kind::kPath, first, arguments[1], word(2), word(3)};
  }
  return {};
}

std::string as_seen_by(int task, const std::string& path) {
  for (const std::string prefix : {"/proc/self/", "/proc/thread-self/", "/dev/fd/"}) {
    if (!path.starts_with(prefix)) continue;
    return in_proc(task, (prefix == "/dev/fd/" ? "fd/" : "") + path.substr(prefix.size()));
  }
  return path;
}

ModeGuard::ModeGuard(std::vector<uint64_t> twins) : twins_(std::move(twins)) {
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair) != 0) throw_errno("socketpair");
  ours_ = Fd(pair[0]);
  theirs_ = Fd(pair[1]);
}

int ModeGuard::install() const {
  int listener = install_mode_filter();
  if (listener < 0) return -listener;
  char byte = 0;
  struct iovec data = {&byte, 1};
  alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof listener)] = {};
  struct msghdr message = {};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  struct cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof listener);
  std::memcpy(CMSG_DATA(header), &listener, sizeof listener);
  const ssize_t sent = ::sendmsg(theirs_.get(), &message, 0);
  const int code = errno;
  ::close(listener);
  return sent == 1 ? 0 : code;
}

void ModeGuard::listen() {
  char byte = 0;
  int listener = -1;
  struct iovec data = {&byte, 1};
  alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof listener)] = {};
  struct msghdr message = {};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (::recvmsg(ours_.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) != 1) {
    throw_errno("take the listener of the step's filter");
  }
  const struct cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header == nullptr || header->cmsg_type != SCM_RIGHTS) {
    throw Error("take the listener of the step's filter", "the message has none",
                "report it: this is a fault of Rind");
  }
  std::memcpy(&listener, CMSG_DATA(header), sizeof listener);
  listener_ = Fd(listener);
  ours_.reset();
  theirs_.reset();
}

unsigned ModeGuard::allowed_mode(int file, unsigned mode) const {
  const mode_t type = sys::stat_fd(file, "a file of the step").st_mode;
  if (S_ISDIR(type)) return mode & 07777;
  // A socket would hand its mode on to the name that it is bound to.
  if (!S_ISREG(type)) return mode & 07777 & ~kSetIds;
  const uint64_t mount = sys::mount_place(file, "a file of the step").mount_id;
  const bool in_twin = std::count(twins_.begin(), twins_.end(), mount) != 0;
  return mode & 07777 & ~(in_twin ? kSetIds : 0U);
}

// Returns 0 or the errno for the caller.
int ModeGuard::change(const struct seccomp_notif& question) const {
  const int task = static_cast<int>(question.pid);
  uint64_t arguments[6];
  std::copy(std::begin(question.data.args), std::end(question.data.args), arguments);
  const ModeCall call = mode_call(question.data.arch, question.data.nr, arguments);
  if (call.kind == ModeCall::Kind::kUnknown) return EPERM;
  if ((call.flags & ~unsigned{AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH}) != 0) return EINVAL;
  std::string path;
  if (call.kind == ModeCall::Kind::kPath) {
    const auto read = read_string(task, call.path);
    if (!read) return errno == EFAULT ? EFAULT : EPERM;
    path = *read;
  }
  const Fd file = open_file(task, call, path);
  // Until now the process could have ended, and another one have its number.
  if (!is_asked_still(listener_.get(), question.id)) return EPERM;
  const std::string same = "/proc/self/fd/" + std::to_string(file.get());
  return ::chmod(same.c_str(), allowed_mode(file.get(), call.mode)) == 0 ? 0 : errno;
}

void ModeGuard::answer() {
  struct seccomp_notif question = {};
  // ENOENT: the process has ended. EINTR: it has been interrupted, and asks again.
  if (::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_RECV, &question) != 0) return;
  struct seccomp_notif_resp answer = {};
  answer.id = question.id;
  try {
    answer.error = -change(question);
  } catch (const SysError& e) {
    answer.error = -e.code();
  } catch (const Error&) {
    answer.error = -EPERM;
  }
  // ENOENT: the process has ended meanwhile. After any other error it would wait forever.
  if (::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_SEND, &answer) != 0 && errno != ENOENT) {
    (void)::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_SEND, &answer);
  }
}

Error no_mode_guard(int code) {
  return Error("keep setuid files out of the step's trees",
               std::string("the kernel gives no listener for the step's filter (") +
                   std::strerror(code) + (code == EBUSY ? "): the container's own has one" : ")"),
               "set lend.idmapped to \"none\" in the policy, and start the container again");
}

}  // namespace rind
