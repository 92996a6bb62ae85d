# The helper: static-pie, without iostream, so that it starts fast and needs nothing of the image.
configure_file(helper/paths.h.in generated/helper/paths.h @ONLY)

# The seccomp programs are made here and now: at run time there is no libseccomp.
add_executable(rind-make-filter helper/pid1/filter/make_filter.cpp)
target_link_libraries(rind-make-filter PRIVATE rind-options PkgConfig::SECCOMP)
set(RIND_FILTERS ${PROJECT_BINARY_DIR}/generated/helper/seccomp_filters.h)
# DEPENDS: the COMMAND alone would not make them again when the rules change.
add_custom_command(OUTPUT ${RIND_FILTERS} COMMAND rind-make-filter ${RIND_FILTERS}
  DEPENDS rind-make-filter COMMENT "Making the seccomp programs")

file(GLOB_RECURSE sources CONFIGURE_DEPENDS helper/*.cpp)
list(FILTER sources EXCLUDE REGEX "/(main|make_filter)\\.cpp$")
add_library(rind-helper-parts STATIC ${sources} ${RIND_FILTERS})
target_link_libraries(rind-helper-parts PUBLIC rind-common)

add_executable(rind helper/main.cpp)
target_link_libraries(rind PRIVATE rind-helper-parts)
include(helper/binary.cmake)
rind_helper_binary(rind)
