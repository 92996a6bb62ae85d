// Credentials in the values of variables, told by their form. Pure.
#pragma once

#include <string>

namespace rind {

// What a value is without its credentials.
struct CutValue {
  enum class Left {
    kAll,   // it has no credential
    kPart,  // `value` has the rest
    kNone,  // it is a credential, or a document with one
  } left = Left::kAll;
  std::string value;
  std::string found;  // what the credential is, for people: "a password in a URL"
};

// Looks for what is a credential in any variable: a user and password in a URL, a signature or
// token in the query of a URL, tokens of known services, private keys, and files with passwords.
// The user alone in a URL (`https://user@host`) is no credential, unless it looks like a token.
CutValue cut_credentials(const std::string& value);

// True for one or more URLs of HTTP, separated by blanks, that can hold no credential: without user
// and query, and with a path in which nothing looks random (some services have tokens there).
bool is_plain_address(const std::string& value);

}  // namespace rind
