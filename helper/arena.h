// Memory for a program that plans and ends: thousands of small pieces, few of which are given back
// before the end.
//
// A program that calls prepare_arena() gets its first pieces from one region, where taking one is
// an addition. Giving one back undoes that for the last one, and does nothing for another. When the
// region is used up, malloc(3) follows: so nothing grows without limit. Not for a program that has
// threads. Under AddressSanitizer, which looks at each piece, there is no region.
#pragma once

#include <cstddef>

namespace rind {

// Asks the kernel for the first `bytes` of the region in one call: it takes less than a page fault
// for each page. Before Linux 5.14 the call does nothing.
void prepare_arena(size_t bytes);

}  // namespace rind
