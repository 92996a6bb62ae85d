// Makes the seccomp programs of helper/pid1/filter/rules.h when Rind is built: make-filter OUTPUT
//
// Writes a C++ header with one array for each program of each machine, whatever machine this
// program runs on. It fails where one of them says anything else than libseccomp's program of the
// same rules.

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

#include "helper/pid1/filter/compare.h"
#include "helper/pid1/filter/emit.h"
#include "helper/pid1/filter/reference.h"

namespace rind::filter {
namespace {

void check(const Machine& machine, const Variant& variant, Program program) {
  const std::string name = std::string(machine.name) + ": " + variant.name();
  if (program.size() > BPF_MAXINSNS) {
    throw std::runtime_error(name + " has " + std::to_string(program.size()) + " instructions");
  }
  const std::string found = difference(machine, program, reference(machine, variant));
  if (!found.empty()) throw std::runtime_error(name + " is not what libseccomp makes: " + found);
}

void write(std::FILE* out, const std::string& name, Program program) {
  std::fprintf(out, "\ninline constexpr struct sock_filter k%s[] = {\n", name.c_str());
  for (const auto& i : program) {
    std::fprintf(out, "    {0x%02x, %d, %d, 0x%08x},\n", i.code, i.jt, i.jf, i.k);
  }
  std::fputs("};\n", out);
}

void write_all(std::FILE* out) {
  std::fputs(
      "// Made by helper/pid1/filter/make_filter.cpp from helper/pid1/filter/rules.h.\n"
      "#pragma once\n\n#include <linux/filter.h>\n",
      out);
  for (const Machine& machine : kMachines) {
    std::fprintf(out, "\nnamespace rind::filters::%s {\n", machine.name);
    for (const Variant& variant : all_variants()) {
      const auto program = emit(machine, variant);
      check(machine, variant, program);
      write(out, variant.name(), program);
    }
    std::fprintf(out, "\n}  // namespace rind::filters::%s\n", machine.name);
  }
}

void make(const std::string& path) {
  check_rules();
  std::FILE* out = std::fopen(path.c_str(), "w");
  if (out == nullptr) throw std::runtime_error("cannot write " + path);
  write_all(out);
  if (std::ferror(out) | std::fclose(out)) throw std::runtime_error("cannot write " + path);
}

}  // namespace
}  // namespace rind::filter

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: make-filter OUTPUT\n", stderr);
    return 2;
  }
  try {
    rind::filter::make(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "make-filter: %s\n", error.what());
    return 1;
  }
}
