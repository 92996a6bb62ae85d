# Manual pages of the Markdown in packaging/man, by go-md2man, as podman and buildah make theirs.
find_program(GO_MD2MAN go-md2man)
if(NOT GO_MD2MAN)
  message(FATAL_ERROR "go-md2man is not there (Debian: go-md2man, Fedora: golang-github-cpuguy83-md2man): "
    "install it, or configure with -DRIND_MANUALS=OFF to go without manual pages")
endif()
set(RIND_MANUAL_PAGES)
foreach(page rind-hook.8 rind.1 rind-policy.5)
  set(source ${PROJECT_SOURCE_DIR}/packaging/man/${page}.md)
  set(output ${PROJECT_BINARY_DIR}/man/${page})
  add_custom_command(OUTPUT ${output}
    COMMAND ${PROJECT_SOURCE_DIR}/packaging/man/render ${GO_MD2MAN} ${PROJECT_VERSION} ${source} ${output}
    DEPENDS ${source} ${PROJECT_SOURCE_DIR}/packaging/man/render ${PROJECT_SOURCE_DIR}/docs/policy.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md
    VERBATIM)
  list(APPEND RIND_MANUAL_PAGES ${output})
  string(REGEX MATCH "[0-9]$" section ${page})
  install(FILES ${output} DESTINATION ${CMAKE_INSTALL_FULL_MANDIR}/man${section})
endforeach()
add_custom_target(rind-manuals ALL DEPENDS ${RIND_MANUAL_PAGES})
