// System calls and strings without a run-time library.
//
// This code runs before glibc's start: no relocation is done, no thread storage is there. So there
// are no calls of library functions, no tables of pointers, and no static objects.
#pragma once

#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>

namespace rind::first {

#if defined(__x86_64__)
inline long call(long number, long a = 0, long b = 0, long c = 0, long d = 0) {
  register long r10 asm("r10") = d;
  long result = 0;
  asm volatile("syscall"
               : "=a"(result)
               : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
               : "rcx", "r11", "memory");
  return result;
}
#elif defined(__aarch64__)
inline long call(long number, long a = 0, long b = 0, long c = 0, long d = 0) {
  register long x8 asm("x8") = number;
  register long x0 asm("x0") = a;
  register long x1 asm("x1") = b;
  register long x2 asm("x2") = c;
  register long x3 asm("x3") = d;
  asm volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
  return x0;
}
#elif defined(__powerpc64__)
inline long call(long number, long a = 0, long b = 0, long c = 0, long d = 0) {
  register long r0 asm("r0") = number;
  register long r3 asm("r3") = a;
  register long r4 asm("r4") = b;
  register long r5 asm("r5") = c;
  register long r6 asm("r6") = d;
  // An error is positive, with a bit in the condition register.
  asm volatile("sc; bns+ 1f; neg 3, 3; 1:"
               : "+r"(r0), "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6)
               :
               : "r7", "r8", "r9", "r10", "r11", "r12", "ctr", "xer", "cr0", "memory");
  return r3;
}
#elif defined(__s390x__)
inline long call(long number, long a = 0, long b = 0, long c = 0, long d = 0) {
  register long r1 asm("r1") = number;
  register long r2 asm("r2") = a;
  register long r3 asm("r3") = b;
  register long r4 asm("r4") = c;
  register long r5 asm("r5") = d;
  asm volatile("svc 0" : "+d"(r2) : "d"(r1), "d"(r3), "d"(r4), "d"(r5) : "cc", "memory");
  return r2;
}
#endif

inline long address(const void* pointer) { return reinterpret_cast<long>(pointer); }

// Each returns the kernel's value, or its negative errno.
inline long open(const char* path, int flags) {
  return call(SYS_openat, AT_FDCWD, address(path), flags);
}
inline long read(long fd, char* into, size_t size) {
  return call(SYS_read, fd, address(into), static_cast<long>(size));
}
inline void close(long fd) { call(SYS_close, fd); }
inline long access(const char* path, int mode) {
  return call(SYS_faccessat, AT_FDCWD, address(path), mode);
}
inline long read_link(const char* path, char* into, size_t size) {
  return call(SYS_readlinkat, AT_FDCWD, address(path), address(into), static_cast<long>(size));
}
inline bool is_open(long fd) { return call(SYS_fcntl, fd, F_GETFD) >= 0; }

inline size_t length(const char* text) {
  size_t n = 0;
  while (text[n] != '\0') ++n;
  return n;
}
inline bool equal(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) ++a, ++b;
  return *a == *b;
}
inline bool begins(const char* text, const char* with) {
  while (*with != '\0' && *text == *with) ++text, ++with;
  return *with == '\0';
}
inline bool contains(const char* text, const char* part) {
  for (; *text != '\0'; ++text) {
    if (begins(text, part)) return true;
  }
  return false;
}
inline const char* base_name(const char* path) {
  const char* base = path;
  for (; *path != '\0'; ++path) {
    if (*path == '/') base = path + 1;
  }
  return base;
}

}  // namespace rind::first
