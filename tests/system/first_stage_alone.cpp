// The first stage with a helper that only says that it was reached: tests/cross runs it under
// qemu-user.
#include <cstdio>

int main() { std::puts("rind: the helper"); }
