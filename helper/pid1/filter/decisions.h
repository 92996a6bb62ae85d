// The rules of rules.h as decisions about call numbers: values, no BPF and no libseccomp rules.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "helper/pid1/filter/variants.h"

namespace rind::filter {

// A condition on one argument.
struct Test {
  enum class Is {
    kOneOf,    // the low 32 bits are one of `values`
    kNoneOf,   // the low 32 bits are none of `values`
    kAnyBit,   // of the bits of values[0]
    kNonZero,  // the whole argument
  };
  Is is;
  unsigned argument;
  std::vector<uint32_t> values;

  bool operator==(const Test&) const = default;
};

// All conditions hold: the action, which never allows.
struct Clause {
  std::vector<Test> all;
  uint32_t action;

  bool operator==(const Clause&) const = default;
};

// The first clause that holds decides about a call, or else `otherwise`.
struct Decision {
  std::vector<Clause> clauses;
  uint32_t otherwise;

  bool operator==(const Decision&) const = default;
};

// The decisions by the call's name. Names that are not there get the variant's otherwise().
std::map<std::string, Decision> decisions(const Machine& machine, const Variant& variant);

// A range of call numbers with one decision; it ends where the next begins.
struct Range {
  uint32_t first;
  Decision decision;
};

// All 2^32 numbers of an entry point, in order; neighbours differ.
std::vector<Range> ranges(const Machine& machine, const Variant& variant, uint32_t architecture);

}  // namespace rind::filter
