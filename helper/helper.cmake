# The helper: static-pie, without iostream, so that it starts fast and needs nothing of the image.
configure_file(helper/paths.h.in generated/helper/paths.h @ONLY)

add_library(rind-helper-parts STATIC
  helper/call.cpp helper/check.cpp helper/devices.cpp helper/environment.cpp helper/explain.cpp
  helper/gather_call.cpp helper/gather_facts.cpp helper/inside.cpp helper/kit_read.cpp helper/links.cpp helper/look.cpp helper/mounts.cpp helper/outputs.cpp helper/plan.cpp
  helper/plan_views.cpp helper/privileges.cpp helper/report.cpp helper/run.cpp helper/sandbox.cpp
  helper/scratch.cpp helper/signals.cpp helper/skeleton.cpp helper/step.cpp helper/tool.cpp
  helper/trusted.cpp helper/userns.cpp)
target_link_libraries(rind-helper-parts PUBLIC rind-common)

add_executable(rind helper/main.cpp)
target_link_libraries(rind PRIVATE rind-helper-parts)
if(RIND_STATIC_HELPER)
  target_link_options(rind PRIVATE -static-pie)
endif()
