# Builds for another processor with Debian's cross compilers. tests/cross does all of it; by hand:
#
#   cmake --toolchain cmake/cross.cmake -DRIND_PROCESSOR=aarch64 -DRIND_SYSROOT=DIRECTORY -B build/aarch64 -G Ninja
#
# RIND_PROCESSOR: aarch64, ppc64le or s390x, as uname(1) names it there. RIND_SYSROOT: a tree of Debian packages of that
# processor (tests/lib/cross.sh makes one). Programs that the build itself runs are run by qemu-user.
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES RIND_PROCESSOR RIND_SYSROOT)
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR ${RIND_PROCESSOR})
set(CMAKE_SYSROOT ${RIND_SYSROOT})

if(RIND_PROCESSOR STREQUAL ppc64le)
  set(triplet powerpc64le-linux-gnu)
else()
  set(triplet ${RIND_PROCESSOR}-linux-gnu)
endif()
# Debian's directories of libraries.
set(CMAKE_CXX_COMPILER ${triplet}-g++)
set(CMAKE_CXX_LIBRARY_ARCHITECTURE ${triplet})
# Before the cross compiler's own C library, which for s390x has no start of a static-pie.
set(CMAKE_EXE_LINKER_FLAGS_INIT -L${RIND_SYSROOT}/usr/lib/${triplet})
set(CMAKE_READELF ${triplet}-readelf)
set(CMAKE_NM ${triplet}-nm)

# Libraries and headers are the sysroot's, programs are this machine's.
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${RIND_SYSROOT})
set(ENV{PKG_CONFIG_LIBDIR} ${RIND_SYSROOT}/usr/lib/${triplet}/pkgconfig:${RIND_SYSROOT}/usr/share/pkgconfig)

set(CMAKE_CROSSCOMPILING_EMULATOR qemu-${RIND_PROCESSOR}-static -L ${RIND_SYSROOT})
