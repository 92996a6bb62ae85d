#include "common/hash.h"

#include <sodium/crypto_hash_sha256.h>

namespace rind {

std::string sha256_hex(std::string_view data) {
  unsigned char digest[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(digest, reinterpret_cast<const unsigned char*>(data.data()), data.size());
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (const unsigned char byte : digest) out += {kHex[byte >> 4], kHex[byte & 15]};
  return out;
}

}  // namespace rind
