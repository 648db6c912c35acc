# Writes the commit that is built into a header, anew only when it is another: run at each build, for base/version.cpp.
#
# cmake -D SOURCE=DIR -D HEADER=FILE -P commit.cmake
#
# From git, with a + where the tree is not as committed; where it is no clone, from the line that `git archive` puts
# in below. Else it is not known.
set(archived "$Format:%H$")
set(archived_time "$Format:%ct$") # for deploy/package.sh

set(commit "")
find_program(GIT git)
if(GIT)
    set(git "${GIT}" -c "safe.directory=${SOURCE}" -C "${SOURCE}")
    # The clone of something else may be around a copy of this tree.
    execute_process(
        COMMAND ${git} rev-parse --show-prefix
        OUTPUT_VARIABLE inside
        RESULT_VARIABLE no_clone
        OUTPUT_STRIP_TRAILING_WHITESPACE
        ERROR_QUIET
    )
    if(no_clone EQUAL 0 AND inside STREQUAL "")
        execute_process(
            COMMAND ${git} describe --always --abbrev=12 --exclude=* --dirty=+
            OUTPUT_VARIABLE commit
            OUTPUT_STRIP_TRAILING_WHITESPACE
            ERROR_QUIET
        )
    endif()
endif()
if(NOT commit AND archived MATCHES "^[0-9a-f]+$")
    string(SUBSTRING "${archived}" 0 12 commit)
endif()
file(CONFIGURE OUTPUT "${HEADER}" CONTENT "#define TRAFIKITO_COMMIT \"${commit}\"\n")
