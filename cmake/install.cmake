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
foreach(unit trafikito-agent trafikito-agent@ trafikito-server)
    string(REPLACE "@" "" program "${unit}")
    install(
        CODE
            "set(PROGRAM \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_SBINDIR}/${program}\")
            set(CONFIG /etc/trafikito/trafikito.cfg)
            set(API_KEY_FILE /etc/trafikito/api_key)
            set(BASE_DIR /etc/trafikito)
            set(VAR_DIR /var/lib/trafikito)
            set(USER trafikito)
            configure_file(
                \"${PROJECT_SOURCE_DIR}/deploy/systemd/${unit}.service.in\"
                \"${PROJECT_BINARY_DIR}/${unit}.service\" @ONLY)"
    )
    install(FILES "${PROJECT_BINARY_DIR}/${unit}.service" DESTINATION lib/systemd/system)
endforeach()
install(DIRECTORY deploy/systemd/trafikito-agent.service.d DESTINATION "${CMAKE_INSTALL_DOCDIR}/examples")
install(FILES README.md DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(FILES deploy/examples/trafikito.cfg deploy/examples/available_commands.sh deploy/examples/server-limits.cfg
        DESTINATION "${CMAKE_INSTALL_DOCDIR}/examples")
