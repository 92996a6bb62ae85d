// Copies of the builder's own settings, for steps. Pure.
//
// Text is not taken apart in the middle of a value: what is certainly a credential goes as a whole
// entry or a whole string, and of a file that may still have one there is no copy.
#pragma once

#include <optional>
#include <string>

#include "common/policy/policy.h"

namespace rind {

// Nothing where the text may have credentials that cannot be left out. path: its name tells the
// form: git's configuration, variables (go's env), or else TOML, an INI file or lines of options.
// rules: what they drop as a variable is a credential as a key.
std::optional<std::string> settings_copy(const EnvironmentRules& rules, const std::string& path,
                                         const std::string& text);

// The text of a TOML or INI file without the values that are certainly credentials: whole strings
// on the line of their key, and users and passwords in their URLs. All else stays.
std::string without_plain_credentials(const EnvironmentRules& rules, const std::string& text);

}  // namespace rind
