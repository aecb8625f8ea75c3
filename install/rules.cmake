# What `cmake --install BUILD --prefix PREFIX` copies: program, libraries, headers, man page, and the
# description for pkg-config.
include(GNUInstallDirs)
install(DIRECTORY include/ogive TYPE INCLUDE)
install(TARGETS ogive libogive)
if(TARGET ogive_shared)
  # it finds the serial OpenBLAS where it was found here
  set_target_properties(ogive_shared PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
  install(TARGETS ogive_shared)
endif()
set_target_properties(ogive PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)

# the folder of the description says where the rest is: the prefix may be chosen when installing
file(RELATIVE_PATH pkgconfig_up /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
set(pkgconfig_libraries ${OPENBLAS_LIBRARY})
if(POSTGRESQL_FOUND)
  # its own description names libraries that only its static form needs
  string(APPEND pkgconfig_libraries " -lpq")
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/ogive.pc.in ogive.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/ogive.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# the commands part of the man page comes from the program
find_program(SCDOC scdoc)
if(SCDOC)
  set(man_source ${CMAKE_CURRENT_SOURCE_DIR}/docs/man/ogive.1.scd)
  add_custom_command(OUTPUT ogive.1 DEPENDS ogive ${man_source} VERBATIM
                     COMMAND $<TARGET_FILE:ogive> help --scdoc > commands.scd
                     COMMAND sed -e "/@COMMANDS@/{r commands.scd" -e "d}" ${man_source} > page.scd
                     COMMAND ${SCDOC} < page.scd > ogive.1)
  add_custom_target(man ALL DEPENDS ogive.1)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/ogive.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endif()
