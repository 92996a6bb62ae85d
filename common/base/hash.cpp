#include "common/base/hash.h"

#include <sodium/crypto_hash_sha256.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "common/base/error.h"

namespace rind {
namespace {

std::string hex(const unsigned char (&digest)[crypto_hash_sha256_BYTES]) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (const unsigned char byte : digest) out += {kHex[byte >> 4], kHex[byte & 15]};
  return out;
}

}  // namespace

std::string sha256_hex(std::string_view data) {
  unsigned char digest[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(digest, reinterpret_cast<const unsigned char*>(data.data()), data.size());
  return hex(digest);
}

std::string sha256_hex_of(int fd, uint64_t limit, const std::string& name) {
  constexpr size_t kPiece = 256 * 1024;
  std::vector<unsigned char> buffer(kPiece);
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  uint64_t total = 0;
  for (;;) {
    const ssize_t n = ::read(fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_errno("read", name);
    if (n == 0) break;
    total += static_cast<uint64_t>(n);
    if (total > limit) {
      throw Error("hash " + name, "it is larger than " + std::to_string(limit) + " bytes",
                  "make the file smaller, or remove it");
    }
    crypto_hash_sha256_update(&state, buffer.data(), static_cast<unsigned long long>(n));
  }
  unsigned char digest[crypto_hash_sha256_BYTES];
  crypto_hash_sha256_final(&state, digest);
  return hex(digest);
}

}  // namespace rind
