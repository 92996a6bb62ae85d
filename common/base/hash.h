// SHA-256 (FIPS 180-4), by libsodium.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rind {

// The digest of `data` as 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view data);

// The same of the file `fd` from its current offset to its end, read in pieces. limit: bytes; a
// sparse file of an exabyte costs its maker nothing, so whoever hashes what a package made sets a
// bound. name: for messages. Throws Error when the file has more, or cannot be read.
std::string sha256_hex_of(int fd, uint64_t limit, const std::string& name);

}  // namespace rind
