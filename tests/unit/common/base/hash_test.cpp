#include "common/base/hash.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/base/sys.h"
#include "tests/unit/support.h"

using namespace rind;
using rind::test::contains;
using rind::test::error_of;

namespace {

constexpr uint64_t kNoLimit = UINT64_MAX;

Fd file_with(const std::string& content) {
  Fd fd(::memfd_create("hash", MFD_CLOEXEC));
  REQUIRE(fd);
  sys::write_all(fd.get(), content, "memfd");
  REQUIRE(::lseek(fd.get(), 0, SEEK_SET) == 0);
  return fd;
}

// FIPS 180-4's examples, and the NIST vectors of the empty message and of a million letters.
constexpr struct {
  const char* message;
  const char* digest;
} kVectors[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};
constexpr const char* kMillion = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

}  // namespace

TEST_CASE("hash: SHA-256 of the standard's examples") {
  for (const auto& vector : kVectors) CHECK(sha256_hex(vector.message) == vector.digest);
  CHECK(sha256_hex(std::string(1'000'000, 'a')) == kMillion);
}

TEST_CASE("hash: SHA-256 of a file, in pieces") {
  for (const auto& vector : kVectors) {
    CHECK(sha256_hex_of(file_with(vector.message).get(), kNoLimit, "f") == vector.digest);
  }
  // Four pieces, the last one short.
  CHECK(sha256_hex_of(file_with(std::string(1'000'000, 'a')).get(), kNoLimit, "f") == kMillion);
}

TEST_CASE("hash: SHA-256 of what comes in small pieces") {
  sys::Pipe pipe = sys::make_pipe();
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const std::string piece(1000, 'a');
    for (int i = 0; i < 1000; ++i) sys::write_all(pipe.write_end.get(), piece, "pipe");
    ::_exit(0);
  }
  pipe.write_end.reset();
  CHECK(sha256_hex_of(pipe.read_end.get(), kNoLimit, "f") == kMillion);
  CHECK(sys::wait_for(child) == 0);
}

TEST_CASE("hash: a file over the limit is an error, one of exactly the limit is not") {
  CHECK(sha256_hex_of(file_with("abc").get(), 3, "f") == kVectors[1].digest);
  CHECK(contains(error_of([] { sha256_hex_of(file_with("abc").get(), 2, "some file"); }),
                 "hash some file: it is larger than 2 bytes"));
  const Fd directory = sys::open(AT_FDCWD, "/", O_RDONLY | O_DIRECTORY);
  CHECK(contains(error_of([&] { sha256_hex_of(directory.get(), 2, "some file"); }), "some file"));
}
