// The helper's entry point, before that of the run-time library.
//
// glibc's start takes 0.35 ms, most of it in CPUID instructions, which a virtual machine traps.
// Most calls of a covered interpreter are the front end's own, and need nothing of the helper. So
// this decides one thing: the call is certainly no step, and nothing has to be said. Then it
// executes the original. For everything else, and wherever it is not sure, it goes on to glibc's
// _start, and the helper decides (step_of_interpreter in helper/seam_choice.cpp). What is sure here
// must be no step there; tests/system/first_stage.sh compares both.
#include <elf.h>
#include <errno.h>
#include <unistd.h>

#include "common/kit/first_format.h"
#include "helper/first_stage/system.h"

namespace rind::first {
namespace {

constexpr size_t kPath = 4096;
constexpr size_t kName = 255;

// A path in a buffer.
struct Path {
  char text[kPath];
  size_t size;

  bool set(const char* from, size_t n) {
    if (n == 0 || n >= kPath) return false;
    for (size_t i = 0; i < n; ++i) text[i] = from[i];
    size = n;
    text[n] = '\0';
    return true;
  }
  bool set(const char* from) { return set(from, length(from)); }
  // One directory up; that of the root directory is the root directory.
  void up() {
    while (size > 1 && text[size - 1] != '/') --size;
    if (size > 1) --size;
    text[size] = '\0';
  }
  // True when the directory certainly has no file of this name, or when this is no directory.
  bool lacks(const char* name) {
    const size_t before = size;
    size_t n = size;
    if (n + 2 + length(name) > kPath) return false;
    if (text[n - 1] != '/') text[n++] = '/';
    for (; *name != '\0'; ++name) text[n++] = *name;
    text[n] = '\0';
    const long result = access(text, F_OK);
    text[before] = '\0';
    return result == -ENOENT || result == -ENOTDIR;
  }
  // The same for a file that is called as the directory itself is.
  bool lacks_its_own_name() {
    char name[kName + 1];
    size_t n = 0;
    for (const char* at = base_name(text); *at != '\0'; ++at) {
      if (n == kName) return false;
      name[n++] = *at;
    }
    name[n] = '\0';
    return lacks(name);
  }
  // The canonical path of what `from` names.
  bool resolve(const char* from) {
    const long fd = open(from, O_PATH | O_CLOEXEC);
    if (fd < 0 || fd > 9999) return false;
    char link[] = "/proc/self/fd/0000";
    char* digit = link + sizeof "/proc/self/fd/" - 1;
    long scale = 1;
    while (fd / scale > 9) scale *= 10;
    for (; scale > 0; scale /= 10) *digit++ = static_cast<char>('0' + fd / scale % 10);
    *digit = '\0';
    const long n = read_link(link, text, kPath - 1);
    close(fd);
    if (n <= 0 || n >= static_cast<long>(kPath) - 1 || text[0] != '/') return false;
    size = static_cast<size_t>(n);
    text[size] = '\0';
    return true;
  }
};

// The file that the hook wrote (common/kit/first.h).
class File {
 public:
  bool read() {
    const long fd = open(kit::kFirst, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return false;
    const long n = first::read(fd, bytes_, sizeof bytes_);
    close(fd);
    if (n <= 0 || n >= static_cast<long>(sizeof bytes_)) return false;
    size_ = static_cast<size_t>(n);
    return bytes_[size_ - 1] == '\0' && equal(bytes_, kit::kFirstFormat);
  }

  // The original of a covered interpreter; nullptr for other files.
  const char* original(const char* path) const {
    for (const char* entry = next(bytes_); entry != nullptr; entry = next(entry)) {
      if (entry[0] != 's' || !equal(entry + 1, path)) continue;
      const char* original = next(entry);
      return original != nullptr && original[0] == 'o' ? original + 1 : nullptr;
    }
    return nullptr;
  }

  // Whether the directory is an environment of the image's own.
  bool is_own_environment(const char* path) const {
    for (const char* entry = next(bytes_); entry != nullptr; entry = next(entry)) {
      if (entry[0] == 'e' && matches(entry + 1, path)) return true;
    }
    return false;
  }

 private:
  const char* next(const char* entry) const {
    entry += length(entry) + 1;
    return entry < bytes_ + size_ ? entry : nullptr;
  }

  static bool matches(const char* pattern, const char* path) {
    while (*pattern != '\0') {
      const bool any = pattern[0] == '*' && (pattern[1] == '/' || pattern[1] == '\0');
      if (any) {
        // Whether `*` stands for hidden names is the helper's to say.
        if (*path == '\0' || *path == '/' || *path == '.') return false;
        while (*path != '\0' && *path != '/') ++path;
        ++pattern;
      } else if (*pattern++ != *path++) {
        return false;
      }
    }
    return *path == '\0';
  }

  char bytes_[kit::kFirstLimit];
  size_t size_;
};

// No project's file and no PKG-INFO lies in the directory, nor in one above it. So no unpacked
// sources do; nor is it one beside them, in a work directory of their name.
bool is_outside_of_projects(Path& directory) {
  for (;; directory.up()) {
    if (!directory.lacks("pyproject.toml") || !directory.lacks("setup.py")) return false;
    if (!directory.lacks("PKG-INFO")) return false;
    if (directory.size == 1) return true;
    if (!directory.lacks_its_own_name()) return false;
  }
}

// Neither beside the program nor one directory above is an environment, or it is the image's own.
bool has_no_build_environment(const char* program, const File& file) {
  Path top;
  if (program[0] != '/' || contains(program, "//") || !top.set(program)) return false;
  for (int i = 0; i < 2; ++i) {
    top.up();
    if (top.lacks("pyvenv.cfg")) continue;
    Path canonical;
    if (!canonical.resolve(top.text) || !file.is_own_environment(canonical.text)) return false;
  }
  return true;
}

// Where execvp(3) finds `name`, a name without a slash.
bool find_in_path(const char* name, char** environment, Path& found) {
  for (; *environment != nullptr && !begins(*environment, "PATH="); ++environment) {
  }
  if (*environment == nullptr) return false;
  for (const char* at = *environment + 5; *at == '/';) {
    const char* end = at;
    while (*end != '\0' && *end != ':') ++end;
    const auto size = static_cast<size_t>(end - at);
    if (size + 2 + length(name) > kPath || !found.set(at, size)) return false;
    found.text[found.size++] = '/';
    for (const char* letter = name; *letter != '\0'; ++letter) found.text[found.size++] = *letter;
    found.text[found.size] = '\0';
    if (access(found.text, X_OK) == 0) return true;
    if (*end == '\0') return false;
    at = end + 1;
  }
  return false;  // a relative entry
}

bool is_safe_letter(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter && c != 'W' && c != 'X';
}

// PYTHONPATH may name a package's sources.
bool has_python_path(char** environment) {
  constexpr char kPythonPath[] = "PYTHONPATH=";
  for (; *environment != nullptr; ++environment) {
    if (begins(*environment, kPythonPath) && (*environment)[sizeof kPythonPath - 1] != '\0')
      return true;
  }
  return false;
}

// The call runs no code out of a package's sources, and is no build hook.
bool runs_own_code(char** argv) {
  char** word = argv + 1;
  char last = '\0';
  for (; *word != nullptr && (*word)[0] == '-'; ++word) {
    for (const char* letter = *word + 1; *letter != '\0' || letter == *word + 1; ++letter) {
      if (!is_safe_letter(*letter)) return false;
      last = *letter;
      // -cTEXT is rare, and would have to be told from options.
      if ((last == 'c' || last == 'm') && letter[1] != '\0') return false;
    }
    if (last == 'c' || last == 'm') break;
  }
  if (*word == nullptr) return false;
  Path directory;
  if (last == 'c' || last == 'm') {
    const char* name = word[1];
    if (name == nullptr || contains(name, "setuptools")) return false;
    const long n = call(SYS_getcwd, address(directory.text), kPath);
    if (n <= 1 || directory.text[0] != '/') return false;
    directory.size = static_cast<size_t>(n) - 1;
    return is_outside_of_projects(directory);
  }
  if (contains(*word, "_in_process.py") || equal(base_name(*word), "setup.py")) return false;
  if (!directory.resolve(*word) || equal(base_name(directory.text), "setup.py")) return false;
  // Itself, too: it may be a directory with a __main__.py.
  return is_outside_of_projects(directory);
}

// The helper would fill closed standard streams.
bool streams_are_open() { return is_open(0) && is_open(1) && is_open(2); }

// AT_EXECFN: the path that the kernel was given.
const char* given_path(char** environment) {
  while (*environment != nullptr) ++environment;
  const auto* entry = reinterpret_cast<const Elf64_auxv_t*>(environment + 1);
  for (; entry->a_type != AT_NULL; ++entry) {
    if (entry->a_type == AT_EXECFN) return reinterpret_cast<const char*>(entry->a_un.a_val);
  }
  return nullptr;
}

void decide(char** argv, char** environment) {
  Path self;
  const long n = read_link("/proc/self/exe", self.text, kPath - 1);
  if (n <= 0 || n >= static_cast<long>(kPath) - 1) return;
  self.text[n] = '\0';
  // The tool, and the helper that covers the other seams.
  if (!begins(base_name(self.text), "python")) return;
  File file;
  if (!file.read()) return;
  const char* original = file.original(self.text);
  const char* given = given_path(environment);
  if (original == nullptr || given == nullptr || !streams_are_open()) return;
  Path program;
  const bool has_slash = base_name(argv[0]) != argv[0];
  if (has_slash ? !program.set(argv[0]) : !find_in_path(argv[0], environment, program)) return;
  if (!has_no_build_environment(program.text, file)) return;
  if (!has_no_build_environment(given, file)) return;
  if (has_python_path(environment) || !runs_own_code(argv)) return;
  // Where it fails, the helper says so.
  call(SYS_execve, address(original), address(argv), address(environment));
}

}  // namespace
}  // namespace rind::first

// stack: as the kernel made it: the number of arguments, then their pointers.
extern "C" [[gnu::visibility("hidden"), gnu::used]] void rind_first_stage(long* stack) {
  char** argv = reinterpret_cast<char**>(stack + 1);
  if (stack[0] >= 1 && argv[0][0] != '\0') rind::first::decide(argv, argv + stack[0] + 1);
}

// Registers are for _start as the kernel left them.
#if defined(__x86_64__)
asm(R"(
  .text
  .globl rind_first_entry
  .hidden rind_first_entry
  .type rind_first_entry, @function
rind_first_entry:
  endbr64
  xor %ebp, %ebp
  mov %rsp, %rbx
  mov %rdx, %r12
  mov %rsp, %rdi
  and $-16, %rsp
  call rind_first_stage
  mov %r12, %rdx
  mov %rbx, %rsp
  jmp _start
  .size rind_first_entry, . - rind_first_entry
)");
#elif defined(__aarch64__)
asm(R"(
  .text
  .globl rind_first_entry
  .hidden rind_first_entry
  .type rind_first_entry, %function
rind_first_entry:
  mov x29, #0
  mov x30, #0
  mov x19, x0
  mov x0, sp
  bl rind_first_stage
  mov x0, x19
  mov x29, #0
  mov x30, #0
  b _start
  .size rind_first_entry, . - rind_first_entry
)");
#elif defined(__powerpc64__) && _CALL_ELF == 2
// r12 is the address of what is called, of which each computes its r2.
asm(R"(
  .text
  .globl rind_first_entry
  .hidden rind_first_entry
  .type rind_first_entry, @function
rind_first_entry:
0:
  addis 2, 12, .TOC.-0b@ha
  addi 2, 2, .TOC.-0b@l
  .localentry rind_first_entry, .-rind_first_entry
  mr 30, 1
  mr 3, 1
  clrrdi 1, 1, 4
  stdu 1, -64(1)
  bl rind_first_stage
  nop
  mr 1, 30
  addis 12, 2, _start@toc@ha
  addi 12, 12, _start@toc@l
  mtctr 12
  bctr
  .size rind_first_entry, . - rind_first_entry
)");
#elif defined(__s390x__)
// The callee saves registers in the 160 bytes above its stack pointer.
asm(R"(
  .text
  .globl rind_first_entry
  .hidden rind_first_entry
  .type rind_first_entry, @function
rind_first_entry:
  lgr %r12, %r15
  lgr %r13, %r14
  lgr %r2, %r15
  aghi %r15, -160
  xc 0(8, %r15), 0(%r15)
  brasl %r14, rind_first_stage
  lgr %r15, %r12
  lgr %r14, %r13
  jg _start
  .size rind_first_entry, . - rind_first_entry
)");
#endif
