# What `cmake --install` puts where a packager expects it.

# The agent's manual speaks of every key from the one table in config/key.cpp.
add_executable(describe_keys cmake/describe_keys.cpp)
target_link_libraries(describe_keys PRIVATE trafikito_config)
set_target_properties(describe_keys PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/cmake")
add_custom_command(
    OUTPUT "${PROJECT_BINARY_DIR}/trafikito-agent.8"
    COMMAND
        describe_keys "${PROJECT_SOURCE_DIR}/deploy/man/trafikito-agent.8.in"
        "${PROJECT_BINARY_DIR}/trafikito-agent.8" ${PROJECT_VERSION}
    DEPENDS describe_keys deploy/man/trafikito-agent.8.in
    VERBATIM
)
add_custom_target(manual ALL DEPENDS "${PROJECT_BINARY_DIR}/trafikito-agent.8")
configure_file(deploy/man/trafikito-server.8.in trafikito-server.8 @ONLY)

install(TARGETS trafikito-agent trafikito-server RUNTIME DESTINATION "${CMAKE_INSTALL_SBINDIR}")
install(
    FILES "${PROJECT_BINARY_DIR}/trafikito-agent.8" "${PROJECT_BINARY_DIR}/trafikito-server.8"
    DESTINATION "${CMAKE_INSTALL_MANDIR}/man8"
)
# The units name the place of their program, which is known only now: `cmake --install --prefix` may change it.
foreach(program trafikito-agent trafikito-server)
    install(
        CODE
            "set(SBINDIR \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_SBINDIR}\")
            configure_file(
                \"${PROJECT_SOURCE_DIR}/deploy/systemd/${program}.service.in\"
                \"${PROJECT_BINARY_DIR}/${program}.service\" @ONLY)"
    )
    install(FILES "${PROJECT_BINARY_DIR}/${program}.service" DESTINATION lib/systemd/system)
endforeach()
install(FILES README.md DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(FILES deploy/examples/trafikito.cfg deploy/examples/available_commands.sh deploy/examples/server-limits.cfg
        DESTINATION "${CMAKE_INSTALL_DOCDIR}/examples")
