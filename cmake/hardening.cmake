# ctest's build.hardening: what is built has the hardening that cmake/compiler.cmake asks for. Not with sanitizers,
# which have none of it.

set(hardened_objects "${PROJECT_BINARY_DIR}/hardened_objects.txt")

# trafikito_hardening_test(): of all rooms and programs, so it comes behind them.
function(trafikito_hardening_test)
    if(TRAFIKITO_SANITIZE OR NOT CMAKE_READELF)
        return()
    endif()
    get_property(targets GLOBAL PROPERTY TRAFIKITO_HARDENED)
    set(objects "$<TARGET_OBJECTS:trafikito_boost>")
    foreach(target IN LISTS targets)
        list(APPEND objects "$<TARGET_OBJECTS:${target}>")
    endforeach()
    set(fortified any)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        set(fortified each)
    endif()
    # Precompiled headers may be among them, which are no objects.
    set(objects "$<FILTER:${objects},EXCLUDE,[.][pg]ch$>")
    file(GENERATE OUTPUT "${hardened_objects}" CONTENT "$<JOIN:${objects},\n>\n")
    add_test(
        NAME build.hardening
        COMMAND
            "${PROJECT_SOURCE_DIR}/test/check_hardening.sh" "${CMAKE_READELF}" "${CMAKE_SYSTEM_PROCESSOR}"
            "$<IF:$<CONFIG:Release>,${fortified},no>" "${hardened_objects}"
            "$<TARGET_FILE:trafikito-agent>" "$<TARGET_FILE:trafikito-server>"
    )
    set_tests_properties(build.hardening PROPERTIES TIMEOUT 120)
    # What `./dev package` asks of the programs that it ships.
    add_test(
        NAME build.check_program
        COMMAND
            "${PROJECT_SOURCE_DIR}/test/check_program_test.sh" "${CMAKE_CXX_COMPILER}"
            "${PROJECT_BINARY_DIR}/test/check_program"
    )
    set_tests_properties(build.check_program PROPERTIES TIMEOUT 120)
endfunction()
