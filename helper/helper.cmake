# The helper: static-pie, without iostream, so that it starts fast and needs nothing of the image.
configure_file(helper/paths.h.in generated/helper/paths.h @ONLY)

# The seccomp programs are made here and now: at run time there is no libseccomp.
add_executable(rind-make-filter helper/seccomp/make_filter.cpp)
target_link_libraries(rind-make-filter PRIVATE rind-options PkgConfig::SECCOMP)
set(RIND_FILTERS ${PROJECT_BINARY_DIR}/generated/helper/seccomp_filters.h)
# DEPENDS: the COMMAND alone would not make them again when the rules change.
add_custom_command(OUTPUT ${RIND_FILTERS} COMMAND rind-make-filter ${RIND_FILTERS}
  DEPENDS rind-make-filter COMMENT "Making the seccomp programs")

add_library(rind-helper-parts STATIC
  helper/artefact.cpp helper/call.cpp helper/check.cpp helper/chown_tree.cpp helper/collect.cpp
  helper/confinement.cpp
  helper/counters.cpp helper/cow.cpp helper/devices.cpp helper/entry.cpp helper/environment.cpp helper/explain.cpp
  helper/gather_call.cpp helper/gather_facts.cpp helper/gather_identity.cpp helper/guard.cpp helper/host_mounts.cpp
  helper/gather_interpreter.cpp helper/identity.cpp helper/inside.cpp helper/interpreter.cpp
  helper/judge_step.cpp helper/kit_read.cpp helper/kit_whole.cpp helper/launch.cpp helper/lease.cpp
  helper/lend.cpp
  helper/limits.cpp helper/links.cpp helper/look.cpp helper/mounts.cpp helper/originals.cpp helper/outputs.cpp
  helper/plan.cpp helper/plan_views.cpp helper/plan_ways.cpp helper/pretend.cpp helper/privileges.cpp helper/probe.cpp helper/profile.cpp helper/record.cpp
  helper/record_step.cpp helper/report.cpp helper/run.cpp helper/sandbox.cpp helper/say.cpp helper/scratch.cpp helper/seccomp.cpp helper/seen.cpp helper/signals.cpp
  helper/skeleton.cpp helper/step.cpp helper/streams.cpp helper/summary.cpp helper/tool.cpp helper/trusted.cpp
  helper/userns.cpp helper/view_rules.cpp
  ${RIND_FILTERS})
target_link_libraries(rind-helper-parts PUBLIC rind-common)

add_executable(rind helper/main.cpp)
target_link_libraries(rind PRIVATE rind-helper-parts)
include(helper/binary.cmake)
rind_helper_binary(rind)
