#include "helper/trace/failed_call.h"

#include <doctest/doctest.h>
#include <sys/syscall.h>

#include <cerrno>

#include "helper/trace/known_calls.h"

using namespace rind;

TEST_CASE("failed calls: the notes of a tracer come back as they were") {
  const std::vector<FailedCall> calls = {{FailedCall::Want::kRead, EACCES, "open", "/a\nb\x80", ""},
                                         {FailedCall::Want::kRename, EXDEV, "rename", "/a", "/b"},
                                         {FailedCall::Want::kCall, EPERM, "unshare", "", ""}};
  std::string text;
  for (const auto& call : calls) text += encode(call);
  const std::vector<FailedCall> read = decode_calls(text);
  REQUIRE(read.size() == calls.size());
  for (size_t i = 0; i < calls.size(); ++i) {
    CHECK(read[i].want == calls[i].want);
    CHECK(read[i].code == calls[i].code);
    CHECK(read[i].call == calls[i].call);
    CHECK(read[i].path == calls[i].path);
    CHECK(read[i].other == calls[i].other);
  }
}

TEST_CASE("failed calls: what was cut off is left out") {
  const std::string text = encode({FailedCall::Want::kRead, EACCES, "open", "/a", ""});
  for (size_t size = 0; size < text.size(); ++size) {
    CHECK(decode_calls(text.substr(0, size)).empty());
    CHECK(decode_calls(text + text.substr(0, size)).size() == 1);
  }
}

TEST_CASE("known calls: only errors that a sandbox makes") {
  const KnownCall* open = known_call(SYS_openat);
  REQUIRE(open != nullptr);
  for (const int code : {EACCES, EPERM, EROFS, ENOENT, ENOSPC, ENXIO, EMFILE}) {
    CHECK(is_denial(*open, code));
  }
  for (const int code : {EEXIST, EISDIR, EINTR, ELOOP, EINVAL}) CHECK_FALSE(is_denial(*open, code));
  CHECK(is_denial(*known_call(SYS_setresuid), EINVAL));
  CHECK_FALSE(is_denial(*known_call(SYS_setpriority), EINVAL));
  CHECK(is_denial(*known_call(SYS_fchownat), EINVAL));
  CHECK_FALSE(is_denial(*known_call(SYS_write), EAGAIN));
  CHECK(known_call(SYS_read) == nullptr);
}
