#include "helper/streams.h"

#include <sys/stat.h>
#include <unistd.h>

namespace rind {

SharedStreams::SharedStreams(const Plan& plan) {
  if (plan.uid == plan.builder_uid) return;
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    struct stat st = {};
    // Closed, or something that cannot be shared: a step that opens it again will be told.
    if (::fstat(stream, &st) != 0 || st.st_uid != plan.builder_uid) continue;
    const bool output = stream != STDIN_FILENO;
    if (!S_ISFIFO(st.st_mode) && !(S_ISREG(st.st_mode) && output)) continue;
    const mode_t mode = st.st_mode & 07777;
    const mode_t shared = mode | (output ? S_IWOTH : S_IROTH);
    if (shared != mode && ::fchmod(stream, shared) == 0) changed_.push_back({stream, mode});
  }
}

SharedStreams::~SharedStreams() {
  // Two streams can be one pipe: the first one's mode is what it was.
  for (auto it = changed_.rbegin(); it != changed_.rend(); ++it) ::fchmod(it->stream, it->mode);
}

}  // namespace rind
