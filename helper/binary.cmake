# How the helper, and the hook, are linked, and what the build refuses to call a helper: rind_helper_binary(TARGET).
#
# TARGET.ld, where there is one, puts the code side by side that the program usually executes (bench/code-order, which
# reads the linker's map TARGET.map). Names that it does not find are nothing to the linker.
#
# glibc's archive has warnings on the functions that load libraries at run time (name services, iconv,
# dlopen): in an image of another glibc they would load that one's, which a package may have written.
# So the linker's warnings are errors. The rest is looked at in the file that was made.
include(CheckLinkerFlag)
find_program(RIND_GETFATTR getfattr REQUIRED) # of the package attr
function(rind_helper_binary target)
  if(RIND_STATIC_HELPER)
    # glibc has no static-pie for ppc64le: there the program has a fixed address.
    if(CMAKE_SYSTEM_PROCESSOR STREQUAL ppc64le)
      target_link_options(${target} PRIVATE -static -Wl,--fatal-warnings)
    else()
      target_link_options(${target} PRIVATE -static-pie -Wl,--fatal-warnings)
    endif()
    set(kind static)
    set(order ${CMAKE_CURRENT_SOURCE_DIR}/${target}.ld)
    if(CMAKE_SYSTEM_PROCESSOR STREQUAL x86_64 AND EXISTS ${order})
      # Not every linker takes such a script: mold does not.
      check_linker_flag(CXX -Wl,-T,${order} RIND_LINKER_TAKES_ORDER)
    endif()
    if(RIND_LINKER_TAKES_ORDER AND EXISTS ${order})
      target_link_options(${target} PRIVATE -Wl,-T,${order} -Wl,-Map,$<TARGET_FILE:${target}>.map)
      set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${order})
    endif()
  else()
    set(kind dynamic)
  endif()
  set(check ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/check_binary.sh)
  set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${check})
  add_custom_command(TARGET ${target} POST_BUILD
    COMMAND ${CMAKE_COMMAND} -E env READELF=${CMAKE_READELF} NM=${CMAKE_NM} GETFATTR=${RIND_GETFATTR}
      sh ${check} ${kind} $<TARGET_FILE:${target}>
    VERBATIM)
endfunction()
