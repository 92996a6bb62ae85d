// Of the build: rind-make-defaults POLICY HEADER writes what the hook knows of the defaults beside
// their text, so that it need not parse them for each builder.
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/kit/flat.h"
#include "common/policy/operator_file.h"
#include "common/policy/policy.h"

namespace {

// As an array: a string literal may be too long for a compiler.
std::string array(const char* name, const std::string& bytes) {
  std::string text = std::string("inline constexpr unsigned char ") + name + "[] = {";
  for (const char c : bytes) text += std::to_string(static_cast<unsigned char>(c)) + ",";
  return text + "};\n";
}

void make(const char* policy, const char* header) {
  const rind::Json document = rind::read_policy_file(policy);
  std::ofstream out(header);
  out << "// Generated from policy/policy.json.\n#pragma once\nnamespace rind::hook {\n"
      << array("kDefaultDocument", document.dump())
      << array("kDefaultPolicy", rind::kit::write_flat_policy(rind::parse_policy(document, policy)))
      << "}  // namespace rind::hook\n";
  out.close();
  if (!out) throw rind::Error("write", header, "make room on the disk");
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 3) throw rind::Error("make the defaults", "usage", "POLICY HEADER");
    make(argv[1], argv[2]);
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "rind-make-defaults: %s\n", e.what());
    return 1;
  }
}
