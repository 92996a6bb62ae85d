// Where the URLs of a text may have credentials: before the host, and in parameters. Pure.
//
// Programs differ in how they read a URL whose password has characters that end an authority
// ("https://user:p?w@host"). So the user and password reach as far as any of them reads.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rind {

// A part of the text, by offsets.
struct UrlPart {
  size_t begin = 0, end = 0;
  bool operator==(const UrlPart&) const = default;
};

struct UrlSecrets {
  // What stands before the '@' of a host.
  std::optional<UrlPart> user;
  // The password in `user`, without the colon before it; nothing for a user alone.
  std::optional<UrlPart> password;
  // The values of parameters whose names say that they are credentials ("?token=VALUE").
  std::vector<UrlPart> parameters;
};

// The URLs of `text`, in its order. A URL ends at white space and at a quote. A
// parameter's value of fewer than 8 characters is no credential.
std::vector<UrlSecrets> secrets_of_urls(std::string_view text);

}  // namespace rind
