# The build of the helper fails when the helper would need something of an image, or give rights.
#
# A tiny program is built with the helper's own rules (helper/binary.cmake): the helper takes minutes.

# tiny_build SOURCE [CMAKE...]   builds SOURCE in TINY; the CMake lines stand before the rules. OPTIONS are cmake's.
TINY=$RIND_TMP/tiny
tiny_build() {
  rm -rf -- "$TINY"
  mkdir "$TINY"
  printf '%s\n' "$1" >"$TINY/tiny.cpp"
  {
    printf '%s\n' 'cmake_minimum_required(VERSION 3.25)' 'project(tiny LANGUAGES CXX)' \
      'option(RIND_STATIC_HELPER "" ON)' 'set(CMAKE_POSITION_INDEPENDENT_CODE ON)' "include($RIND_SOURCE/helper/binary.cmake)" \
      'add_executable(tiny tiny.cpp)'
    printf '%s\n' "${@:2}"
    echo 'rind_helper_binary(tiny)'
  } >"$TINY/CMakeLists.txt"
  cmake -G Ninja -S "$TINY" -B "$TINY/build" "${OPTIONS[@]}" >"$TINY/log" && cmake --build "$TINY/build"
}
OPTIONS=()

ORDINARY='int main() { return 0; }'
after_link() { printf 'add_custom_command(TARGET tiny POST_BUILD COMMAND %s $<TARGET_FILE:tiny>)' "$1"; }

refused() { # TEXT SOURCE [CMAKE...]
  local text=$1
  shift
  expect_status 1 tiny_build "$@"
  expect_contains "the message" "$OUTPUT" "$text"
}

static_pie() {
  local headers
  headers=$(readelf --wide --file-header --program-headers "$TINY/build/tiny")
  expect_contains "position-independent" "$headers" DYN
  expect_lacks "program headers" "$headers" INTERP
}

test_control() {
  expect_status 0 tiny_build "$ORDINARY"
  static_pie
}

test_dynamic() {
  refused "is not static: it would run the image's loader" "$ORDINARY" 'target_link_options(tiny PRIVATE -Wl,--fatal-warnings)' \
    'set(CMAKE_CXX_STANDARD_LIBRARIES -no-pie)'
}

test_setuid() { refused "is setuid or setgid (-rws" "$ORDINARY" "$(after_link 'chmod u+s')"; }
test_setgid() { refused "is setuid or setgid (-rwx" "$ORDINARY" "$(after_link 'chmod g+s')"; }
test_file_capability() { refused "has file capabilities" "$ORDINARY" "$(after_link 'setcap cap_net_raw=ep')"; }

# The linker says which function it is.
test_name_service() {
  refused "Using 'getpwuid' in statically linked applications" \
    $'#include <pwd.h>\nint main() { return getpwuid(0) != nullptr; }'
  refused "Using 'getaddrinfo' in statically linked applications" \
    $'#include <netdb.h>\nint main() { addrinfo *r; return getaddrinfo("a", "b", nullptr, &r); }'
  refused "Using 'dlopen' in statically linked applications" \
    $'#include <dlfcn.h>\nint main() { return dlopen("libc.so.6", RTLD_NOW) != nullptr; }'
}

# Where a linker has no such warnings, or does not take them for errors.
test_name_service_without_the_linker() {
  refused "needs name services (NSS)" $'#include <pwd.h>\nint main() { return getpwuid(0) != nullptr; }' \
    'set(CMAKE_CXX_STANDARD_LIBRARIES -Wl,--no-fatal-warnings)'
}

test_stripped() { refused "has no symbols" "$ORDINARY" 'target_link_options(tiny PRIVATE -s)'; }

# The sanitizers' build: dynamic, and still without rights.
test_not_static_by_choice() {
  OPTIONS=(-DRIND_STATIC_HELPER=OFF)
  expect_status 0 tiny_build $'#include <pwd.h>\nint main() { return getpwuid(0) != nullptr; }'
  refused "is setuid or setgid" "$ORDINARY" "$(after_link 'chmod u+s')"
}

# Fedora's linker flags put -pie after -static-pie, by a file of redhat-rpm-config's that says this.
test_fedoras_linker_flags() {
  printf '*self_spec:\n+ %%{!static:%%{!shared:%%{!r:-pie}}}\n\n*link:\n+ -z now\n' >"$RIND_TMP/hardened-ld"
  OPTIONS=("-DCMAKE_EXE_LINKER_FLAGS=-specs=$RIND_TMP/hardened-ld")
  expect_status 0 tiny_build "$ORDINARY"
  static_pie
}

# Debian's are of dpkg, and Ubuntu's with link-time optimization.
test_debians_flags() {
  local options
  for options in hardening=+all hardening=+all,optimize=+lto; do
    OPTIONS=("-DCMAKE_CXX_FLAGS=$(DEB_BUILD_MAINT_OPTIONS=${options//,/ } dpkg-buildflags --get CXXFLAGS)"
      "-DCMAKE_EXE_LINKER_FLAGS=$(DEB_BUILD_MAINT_OPTIONS=${options//,/ } dpkg-buildflags --get LDFLAGS)")
    expect_contains "control" "${OPTIONS[*]}" "-z,now"
    expect_status 0 tiny_build "$ORDINARY"
    static_pie
  done
  expect_contains "control" "${OPTIONS[*]}" "-flto=auto"
}

# Fedora's compiler flags have a level of _FORTIFY_SOURCE, of which a second definition would be a warning.
test_fedoras_compiler_flags() {
  local build=$RIND_TMP/fedora file=common/base/CMakeFiles/rind-common-base.dir/text.cpp.o
  cmake -G Ninja -S "$RIND_SOURCE" -B "$build" -DBUILD_TESTING=OFF -DRIND_WERROR=ON -DCMAKE_CXX_FLAGS="-O2 -flto=auto -ffat-lto-objects -fexceptions \
    -g -grecord-gcc-switches -pipe -Wall -Werror=format-security -Wp,-U_FORTIFY_SOURCE,-D_FORTIFY_SOURCE=3 \
    -Wp,-D_GLIBCXX_ASSERTIONS -fstack-protector-strong -fasynchronous-unwind-tables -fstack-clash-protection"
  cmake --build "$build" --target "$file"
  expect_contains "control" "$(ninja -C "$build" -t commands "$file")" "-Werror -Wshadow"
}

# The first stage runs before relocations are done (helper/first_stage): what its object may not have.
first_stage_object() { # SOURCE [OPTION...]
  printf '%s\n' "$1" >"$RIND_TMP/object.cpp"
  g++ -std=c++20 -O2 -fno-stack-protector -c -o "$RIND_TMP/object.o" "${@:2}" "$RIND_TMP/object.cpp"
  READELF=readelf NM=nm sh "$RIND_SOURCE/helper/first_stage/check_object.sh" "$RIND_TMP/object.o"
}

test_first_stage_needs_no_relocation() {
  local format='inline constexpr char kFormat[] = "first"; const char* format(int i) { return kFormat + i; }'
  expect_status 0 first_stage_object "$format" -fPIE -fvisibility=hidden
  expect_status 1 first_stage_object "$format" -fPIC
  expect_contains "by the table" "$OUTPUT" "it runs before relocations are done"
  expect_status 1 first_stage_object 'const char* kNames[] = {"a", "b"};' -fPIE
  expect_contains "a pointer in data" "$OUTPUT" "relocations to addresses (R_"
  expect_status 1 first_stage_object 'int strange(); int f() { return strange(); }' -fPIE
  expect_contains "a function of a library" "$OUTPUT" "needs _Z7strangev"
  expect_status 1 first_stage_object 'thread_local int count; int f() { return ++count; }' -fPIC
  # What the build checks.
  expect_contains "the helper's build" "$(grep -A 20 'librind-helper-first_stage.a: ' "$RIND_BUILD/build.ninja")" check_object.sh
}

# That the helper's own build has these rules.
test_helper_is_built_so() {
  expect_contains "the link" "$(grep -A 20 '^build rind: ' "$RIND_BUILD/build.ninja")" "check_binary.sh static"
  expect_contains "its options" "$(grep -A 20 '^build rind: ' "$RIND_BUILD/build.ninja")" "-static-pie -Wl,--fatal-warnings"
}
