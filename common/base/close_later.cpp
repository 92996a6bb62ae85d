#include "common/base/close_later.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace rind {
namespace {

struct Sockets {
  Fd from, to;
};

// Leaves the descriptors to the sockets, until those are closed.
Sockets leave_to_sockets(std::vector<Fd> descriptors) noexcept {
  constexpr size_t kMost = 64;  // the kernel takes 253 in a message; the others are closed here
  int pair[2];
  if (descriptors.empty() || ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
    return {};
  }
  Sockets sockets = {Fd(pair[0]), Fd(pair[1])};
  // The message holds the socket that it waits in, too. Afterwards nothing else holds that socket:
  // the kernel finds such a cycle, and closes what is in it.
  int sent[kMost + 1] = {sockets.to.get()};
  size_t count = 1;
  for (const auto& fd : descriptors) {
    if (fd && count <= kMost) sent[count++] = fd.get();
  }
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof sent)] = {};
  char byte = 0;
  struct iovec data = {&byte, 1};
  struct msghdr message = {};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = CMSG_SPACE(count * sizeof(int));
  struct cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(count * sizeof(int));
  std::memcpy(CMSG_DATA(header), sent, count * sizeof(int));
  // If it fails, for example at the limit of descriptors in flight, they are closed here and now.
  (void)::sendmsg(sockets.from.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  // Before the sockets: the last one to close a descriptor waits.
  descriptors.clear();
  return sockets;
}

}  // namespace

void close_later(std::vector<Fd> descriptors) noexcept { leave_to_sockets(std::move(descriptors)); }

void close_after_exit(std::vector<Fd> descriptors) noexcept {
  // The kernel closes the sockets after it has left the namespaces of the process.
  Sockets sockets = leave_to_sockets(std::move(descriptors));
  (void)sockets.from.release();
  (void)sockets.to.release();
}

}  // namespace rind
