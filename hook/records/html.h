// Text in a page. Pure.
#pragma once

#include <string>

namespace rind::hook {

// `text` as the text of an element or of a quoted attribute: no character of it is markup, and none
// is invisible or turns the direction (those are printed as printable() does).
std::string html_text(const std::string& text);

// The source that a Content-Security-Policy names for inline code: 'sha256-BASE64'.
std::string csp_hash(const std::string& code);

}  // namespace rind::hook
