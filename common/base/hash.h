// SHA-256 (FIPS 180-4), by libsodium.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rind {

// The digest of `data` as 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view data);

// The digest of the file `fd` from its current offset to its end. limit: bytes; a package can make
// a sparse file of an exabyte at no cost, so callers set a bound. name: for messages. Throws Error
// when the file is larger than `limit` or cannot be read.
std::string sha256_hex_of(int fd, uint64_t limit, const std::string& name);

}  // namespace rind
