# What `cmake --install` puts where a packager expects it.

# The manual speaks of commands, options and keys from the tables that the programs read by.
add_executable(fill_manual cmake/fill_manual.cpp)
target_link_libraries(fill_manual PRIVATE trafikito_agent_cli trafikito_server_cli)
set_target_properties(fill_manual PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/cmake")
set(agent_pages trafikito-agent.8 trafikito.cfg.5 available_commands.sh.5)
set(server_pages trafikito-server.8)
foreach(page IN LISTS agent_pages server_pages)
    add_custom_command(
        OUTPUT "${PROJECT_BINARY_DIR}/${page}"
        COMMAND
            fill_manual "${PROJECT_SOURCE_DIR}/deploy/man/${page}.in" "${PROJECT_BINARY_DIR}/${page}"
            ${PROJECT_VERSION}
        DEPENDS fill_manual "deploy/man/${page}.in"
        VERBATIM
    )
    list(APPEND pages "${PROJECT_BINARY_DIR}/${page}")
endforeach()
add_custom_target(manual ALL DEPENDS ${pages})

if(TRAFIKITO_TESTS)
    add_test(
        NAME build.completion
        COMMAND
            "${PROJECT_SOURCE_DIR}/test/completion_test.sh" "${PROJECT_SOURCE_DIR}/deploy/completions"
            "$<TARGET_FILE:trafikito-agent>" "$<TARGET_FILE:trafikito-server>"
    )
    set_tests_properties(build.completion PROPERTIES TIMEOUT 120)
    add_test(
        NAME build.manual
        COMMAND
            "${PROJECT_SOURCE_DIR}/test/manual_test.sh" "${PROJECT_BINARY_DIR}"
            "$<TARGET_FILE:trafikito-agent>" "$<TARGET_FILE:trafikito-server>"
    )
    set_tests_properties(build.manual PROPERTIES TIMEOUT 300)
endif()

# Components agent and server are what the packages of these names hold (deploy/package.sh).
foreach(part agent server)
    set(program trafikito-${part})
    set(documents "${CMAKE_INSTALL_DATAROOTDIR}/doc/${program}")
    install(TARGETS ${program} RUNTIME DESTINATION "${CMAKE_INSTALL_SBINDIR}" COMPONENT ${part})
    foreach(page IN LISTS ${part}_pages)
        get_filename_component(section "${page}" LAST_EXT)
        string(REPLACE "." "man" section "${section}")
        install(FILES "${PROJECT_BINARY_DIR}/${page}" DESTINATION "${CMAKE_INSTALL_MANDIR}/${section}" COMPONENT ${part})
    endforeach()
    install(
        FILES deploy/completions/trafikito.bash
        DESTINATION "${CMAKE_INSTALL_DATAROOTDIR}/bash-completion/completions"
        RENAME ${program}
        COMPONENT ${part}
    )
    install(
        FILES deploy/completions/trafikito.fish
        DESTINATION "${CMAKE_INSTALL_DATAROOTDIR}/fish/vendor_completions.d"
        RENAME ${program}.fish
        COMPONENT ${part}
    )
    install(
        FILES deploy/completions/_trafikito
        DESTINATION "${CMAKE_INSTALL_DATAROOTDIR}/zsh/vendor-completions"
        RENAME _${program}
        COMPONENT ${part}
    )
    install(FILES README.md DESTINATION "${documents}" COMPONENT ${part})
endforeach()
install(
    FILES deploy/examples/trafikito.cfg deploy/examples/available_commands.sh
    DESTINATION "${CMAKE_INSTALL_DATAROOTDIR}/doc/trafikito-agent/examples"
    COMPONENT agent
)
install(
    DIRECTORY deploy/systemd/trafikito-agent.service.d
    DESTINATION "${CMAKE_INSTALL_DATAROOTDIR}/doc/trafikito-agent/examples"
    COMPONENT agent
    FILES_MATCHING PATTERN "*.conf"
)
install(
    FILES deploy/examples/server-limits.cfg deploy/examples/values.conf
    DESTINATION "${CMAKE_INSTALL_DATAROOTDIR}/doc/trafikito-server/examples"
    COMPONENT server
)

# trafikito_install_start_up(PART TEMPLATE DESTINATION [PERMISSIONS]): units and init scripts name the place of their
# program, which is known only when it is installed: `cmake --install --prefix` may change it. The agent's own places
# are those of packages (config/layout.hpp). Init scripts, at /etc, belong to /usr alone.
function(trafikito_install_start_up part template destination)
    get_filename_component(name "${template}" NAME)
    string(REGEX REPLACE "[.]in$" "" name "${name}")
    set(filled "${PROJECT_BINARY_DIR}/${name}")
    if(filled STREQUAL "${PROJECT_BINARY_DIR}/trafikito-${part}") # an init script is called as the program
        string(APPEND filled ".init")
    endif()
    install(
        CODE
            "set(destination \"\${CMAKE_INSTALL_PREFIX}/${destination}\")
            if(\"${destination}\" MATCHES \"^/\")
                set(destination \"${destination}\")
            endif()
            if(NOT \"${destination}\" MATCHES \"^/\" OR CMAKE_INSTALL_PREFIX STREQUAL \"/usr\")
                set(PROGRAM \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_SBINDIR}/trafikito-${part}\")
                set(CONFIG /etc/trafikito/trafikito.cfg)
                set(BASE_DIR /etc/trafikito)
                set(VAR_DIR /var/lib/trafikito)
                set(API_KEY_FILE /etc/trafikito/api_key)
                set(USER trafikito)
                configure_file(\"${PROJECT_SOURCE_DIR}/${template}\" \"${filled}\" @ONLY)
                file(INSTALL \"${filled}\" DESTINATION \"\${destination}\" RENAME ${name} FILE_PERMISSIONS ${ARGN})
            endif()"
        COMPONENT ${part}
    )
endfunction()
set(plain OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
trafikito_install_start_up(agent deploy/systemd/trafikito-agent.service.in lib/systemd/system ${plain})
trafikito_install_start_up(agent deploy/systemd/trafikito-agent@.service.in lib/systemd/system ${plain})
trafikito_install_start_up(
    agent deploy/sysv/trafikito-agent /etc/init.d ${plain} OWNER_EXECUTE GROUP_EXECUTE WORLD_EXECUTE
)
trafikito_install_start_up(server deploy/systemd/trafikito-server.service.in lib/systemd/system ${plain})
