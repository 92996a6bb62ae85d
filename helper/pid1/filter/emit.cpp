#include "helper/pid1/filter/emit.h"

#include <linux/seccomp.h>

#include <vector>

#include "helper/pid1/filter/assembler.h"
#include "helper/pid1/filter/decisions.h"
#include "helper/pid1/filter/interpreter.h"
#include "helper/pid1/filter/tree.h"

namespace rind::filter {
namespace {

using Place = Assembler::Place;

// Where the tests of a decision begin. Those that look at whole arguments are of one width. No map:
// on big-endian machines libstdc++ 12 takes vectors of numbers for equal that are not (GCC bug
// 113960).
struct Tested {
  Decision decision;
  bool wide;
  Place begin;
};
using Places = std::vector<Tested>;

bool has_whole_arguments(const Decision& decision) {
  for (const Clause& clause : decision.clauses) {
    for (const Test& test : clause.all) {
      if (test.is == Test::Is::kNonZero) return true;
    }
  }
  return false;
}

// One entry point's part of a program. Everything is added from its end.
class Part {
 public:
  Part(Assembler& out, Places& places, const Machine& machine, const std::vector<Range>& ranges,
       bool wide)
      : out_(out),
        places_(places),
        machine_(machine),
        ranges_(ranges),
        tree_(ranges),
        wide_(wide) {}

  Place add() {
    for (const Range& range : ranges_) place_of(range.decision);
    add_tree(0, ranges_.size());
    return out_.load(kNumberWord * 4);
  }

 private:
  Place add_tree(size_t begin, size_t end) {
    const Step step = tree_.step(begin, end);
    if (step.kind == Step::Kind::kLeaf) return place_of(ranges_[begin].decision);
    if (step.kind == Step::Kind::kHole) {
      const Place hole = place_of(ranges_[begin + 1].decision);
      return out_.jump_if(BPF_JEQ, ranges_[begin + 1].first, hole,
                          place_of(ranges_[begin].decision));
    }
    const Place above = add_tree(step.split, end);
    const Place below = add_tree(begin, step.split);
    return out_.jump_if(BPF_JGE, ranges_[step.split].first, above, below);
  }

  Place place_of(const Decision& decision) {
    if (decision.clauses.empty()) return out_.returns(decision.otherwise);
    const bool wide = wide_ && has_whole_arguments(decision);
    for (const Tested& known : places_) {
      if (known.decision == decision && known.wide == wide) return known.begin;
    }
    Place next = out_.returns(decision.otherwise);
    for (size_t i = decision.clauses.size(); i-- > 0;) next = add_clause(decision.clauses[i], next);
    places_.push_back({decision, wide, next});
    return next;
  }

  Place add_clause(const Clause& clause, Place no) {
    Place yes = out_.returns(clause.action);
    for (size_t i = clause.all.size(); i-- > 0;) yes = add_test(clause.all[i], yes, no);
    return yes;
  }

  Place add_test(const Test& test, Place yes, Place no) {
    const size_t low = low_word(test.argument, machine_.big_endian) * 4;
    switch (test.is) {
      case Test::Is::kOneOf:
        return add_values(test, yes, no);
      case Test::Is::kNoneOf:
        return add_values(test, no, yes);
      case Test::Is::kAnyBit:
        out_.jump_if(BPF_JSET, test.values[0], yes, no);
        return out_.load(low);
      case Test::Is::kNonZero:
        out_.jump_if(BPF_JEQ, 0, no, yes);
        if (!wide_) return out_.load(low);
        out_.jump_if(BPF_JEQ, 0, out_.load(low), yes);
        return out_.load(high_word(test.argument, machine_.big_endian) * 4);
    }
    return no;
  }

  Place add_values(const Test& test, Place listed, Place others) {
    for (size_t i = test.values.size(); i-- > 0;) {
      others = out_.jump_if(BPF_JEQ, test.values[i], listed, others);
    }
    return out_.load(low_word(test.argument, machine_.big_endian) * 4);
  }

  Assembler& out_;
  Places& places_;
  const Machine& machine_;
  const std::vector<Range>& ranges_;
  Tree tree_;
  bool wide_;
};

}  // namespace

// The native entry point comes first: it is the one that is used.
std::vector<struct sock_filter> emit(const Machine& machine, const Variant& variant) {
  Assembler out;
  Places places;
  const std::vector<uint32_t> entries = architectures(machine, variant);
  Place next = out.returns(SECCOMP_RET_KILL_PROCESS);
  for (size_t i = entries.size(); i-- > 0;) {
    const auto numbers = ranges(machine, variant, entries[i]);
    const Place part = Part(out, places, machine, numbers, is_wide(machine, entries[i])).add();
    next = out.jump_if(BPF_JEQ, entries[i], part, next);
  }
  out.load(kArchWord * 4);
  return out.program();
}

}  // namespace rind::filter
