# A room is a folder, a namespace and a static library: the linker holds the rule of who knows whom.

# Rooms of the agent that are optimised for size. Of the instructions of a cycle nine tenths are spent in the others
# (base, exec, Boost, libstdc++: callgrind), and most of the program's bytes were here.
set(small_rooms
    config
    net_link
    net_http
    net_api
    net_retry
    agent_persistence
    agent_cycle
    agent_daemon
    agent_enrolment
    agent_diagnosis
    agent_inspection
    agent_cli
)

# trafikito_room(NAME SOURCES file... [KNOWS target...])
function(trafikito_room name)
    cmake_parse_arguments(ROOM "" "" "SOURCES;KNOWS" ${ARGN})
    add_library(trafikito_${name} STATIC ${ROOM_SOURCES})
    target_link_libraries(trafikito_${name} PUBLIC trafikito_compiler ${ROOM_KNOWS})
    set_property(GLOBAL APPEND PROPERTY TRAFIKITO_HARDENED trafikito_${name})
    set(precompiled trafikito_precompiled)
    if(name IN_LIST small_rooms)
        target_compile_options(trafikito_${name} PRIVATE ${trafikito_small})
        set(precompiled trafikito_precompiled_small)
    endif()
    if(ROOM_KNOWS) # config alone has nothing of Asio
        target_precompile_headers(trafikito_${name} REUSE_FROM ${precompiled})
    endif()
endfunction()

# trafikito_program(NAME SOURCES file... KNOWS target...)
function(trafikito_program name)
    cmake_parse_arguments(PROGRAM "" "" "SOURCES;KNOWS" ${ARGN})
    add_executable(${name} ${PROGRAM_SOURCES})
    target_link_libraries(${name} PRIVATE trafikito_compiler ${PROGRAM_KNOWS})
    set_property(GLOBAL APPEND PROPERTY TRAFIKITO_HARDENED ${name})
    if(TRAFIKITO_COLD_CODE)
        target_link_options(${name} PRIVATE "${trafikito_cold_code}")
        set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS "${PROJECT_SOURCE_DIR}/cmake/cold_code.ld")
    endif()
    if(TRAFIKITO_REPRODUCIBLE) # deploy/sbom.sh reads from it what was linked
        target_link_options(${name} PRIVATE "LINKER:-Map=${PROJECT_BINARY_DIR}/${name}.map")
    endif()
endfunction()

# trafikito_test(ROOM SOURCES x_test.cpp... KNOWS target... [DEFINES NAME=value...])
#
# One Boost.Test program a room; each x_test.cpp holds the suite `x` and becomes the ctest entry `ROOM.x`,
# so that ctest runs the files of a room in parallel and names the one that failed. A case outside that suite
# would never run: test/lint_suites.sh looks for such.
function(trafikito_test room)
    cmake_parse_arguments(TEST "" "TIMEOUT" "SOURCES;KNOWS;DEFINES" ${ARGN})
    if(NOT TEST_TIMEOUT)
        set(TEST_TIMEOUT 120)
    endif()
    set(program ${room}_test)
    # main.cpp is compiled into each: from a library, the linker would not find it for Boost.Test's main().
    add_executable(${program} "${PROJECT_SOURCE_DIR}/test/support/main.cpp" ${TEST_SOURCES})
    # It says something to Boost.Test before its header is read.
    set_source_files_properties("${PROJECT_SOURCE_DIR}/test/support/main.cpp" PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
    target_link_libraries(${program} PRIVATE trafikito_compiler trafikito_test_support ${TEST_KNOWS})
    target_compile_definitions(${program} PRIVATE ${TEST_DEFINES})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
        # The same false alarms as in cmake/compiler.cmake, under more names, and one of Boost.Test's predicates.
        target_compile_options(
            ${program}
            PRIVATE -Wno-stringop-overflow -Wno-stringop-overread -Wno-maybe-uninitialized
        )
    endif()
    target_precompile_headers(${program} REUSE_FROM trafikito_test_support)
    set_target_properties(${program} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/test")
    foreach(source IN LISTS TEST_SOURCES)
        if(source MATCHES "([a-z0-9_]+)_test\\.cpp$")
            set(suite ${CMAKE_MATCH_1})
            add_test(NAME ${room}.${suite} COMMAND ${program} --run_test=${suite} --catch_system_errors=no --log_level=test_suite)
            set_tests_properties(${room}.${suite} PROPERTIES TIMEOUT ${TEST_TIMEOUT})
        endif()
    endforeach()
endfunction()
