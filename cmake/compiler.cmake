# Language level, warnings, hardening, sanitizers: everything that is said to the compiler. Warnings are errors where
# CMAKE_COMPILE_WARNING_AS_ERROR says so: in all presets but release, which is for compilers we have not seen, too.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

# Programs land in build/<preset>/ itself, not in the folders of their rooms.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")

find_program(CCACHE ccache)
if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE}")
endif()

# What ccache needs to know precompiled headers by their content (./dev sets its sloppiness).
add_compile_options(
    $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>
    "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>"
)

include(CheckCXXSourceCompiles)
include(CheckPIESupported)
check_pie_supported(LANGUAGES CXX)

add_library(trafikito_compiler INTERFACE)
target_include_directories(trafikito_compiler INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(
    trafikito_compiler
    INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Asio's fences under -fsanitize=thread (nothing of ours uses a fence), and false alarms on the frames of
    # coroutines, whose operator new is Asio's: seen with g++ 12 to 14. Clang sees the same code without them.
    target_compile_options(trafikito_compiler INTERFACE -Wno-tsan -Wno-mismatched-new-delete)
    if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
        # False alarms when optimising, mended in 13: on std::string's operator+ (gcc bugs 105651 and 105329).
        target_compile_options(trafikito_compiler INTERFACE -Wno-restrict -Wno-array-bounds)
    endif()
endif()

if(TRAFIKITO_SANITIZE)
    target_compile_options(
        trafikito_compiler
        INTERFACE "-fsanitize=${TRAFIKITO_SANITIZE}" -fno-omit-frame-pointer -fno-sanitize-recover=all
            # It opens a pipe to look at memory, and accuses the innocent where a test leaves no descriptor.
            -fno-sanitize=vptr
    )
    target_link_options(trafikito_compiler INTERFACE "-fsanitize=${TRAFIKITO_SANITIZE}")
else()
    target_compile_options(
        trafikito_compiler
        INTERFACE -fstack-protector-strong -fstack-clash-protection $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=2>
    )
    if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
        target_compile_options(trafikito_compiler INTERFACE -fcf-protection)
    elseif(CMAKE_SYSTEM_PROCESSOR STREQUAL "aarch64")
        target_compile_options(trafikito_compiler INTERFACE -mbranch-protection=standard)
    endif()
    # That all of it reaches the objects and programs: cmake/hardening.cmake.
    target_link_options(trafikito_compiler INTERFACE -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,--as-needed)
endif()

if(TRAFIKITO_STATIC)
    target_link_options(trafikito_compiler INTERFACE -static-libstdc++)
    # A library less to load, of which the unwinder alone is used. It asks for glibc 2.35: not for the tarball (the preset
    # portable), which takes 2.34; every system has libgcc_s.
    if(NOT TRAFIKITO_STATIC_OPENSSL)
        target_link_options(trafikito_compiler INTERFACE -static-libgcc)
    endif()
endif()

if(TRAFIKITO_SMALL)
    add_compile_options(-Os)
endif()

# Of rooms whose code is not where time goes (cmake/rooms.cmake): half as large, with g++, as by -O2.
set(trafikito_small $<$<CONFIG:Release>:-Os>)

# The linker leaves out what nobody calls: half of libstdc++, Beast's WebSocket, whose random numbers want glibc 2.36,
# and what was a function of its own before it was inlined everywhere. (A fuzzer's counters are called by nobody.)
if(NOT TRAFIKITO_SANITIZE)
    add_compile_options(-ffunction-sections -fdata-sections)
    add_link_options(-Wl,--gc-sections)
endif()

# Linkers have learnt it at different times, and not all of them: what follows is used where it works.
function(trafikito_check_linker result flag source)
    set(CMAKE_REQUIRED_LINK_OPTIONS "${flag}" -Wl,--fatal-warnings)
    check_cxx_source_compiles("${source}" ${result})
endfunction()

# The addresses that the loader must adjust, in a bitmap: 1 KB to read at each start in place of 140, where the system
# that is built on can read it (glibc 2.36). What is built for others, too (packages, the tarball), does without.
set(packed_relocations -Wl,-z,pack-relative-relocs)
trafikito_check_linker(TRAFIKITO_PACKED_RELOCATIONS ${packed_relocations} "
    #include <features.h>
    #if !__GLIBC_PREREQ(2, 36)
    #error its loader cannot read them
    #endif
    int main() {}")
if(TRAFIKITO_PACKED_RELOCATIONS AND NOT TRAFIKITO_REPRODUCIBLE AND NOT TRAFIKITO_SANITIZE)
    add_link_options(${packed_relocations})
endif()

# Why stands there. Of programs alone: cmake/rooms.cmake.
set(trafikito_cold_code "-Wl,-T,${PROJECT_SOURCE_DIR}/cmake/cold_code.ld")
trafikito_check_linker(TRAFIKITO_COLD_CODE ${trafikito_cold_code} "int main() {}")
if(TRAFIKITO_SANITIZE)
    set(TRAFIKITO_COLD_CODE FALSE)
endif()

# What is shipped is the same wherever it is built: its debug information names sources under a place where a debugger
# can be told to find them. (Of names for one place the last holds. With CCACHE_BASEDIR some would be relative.)
if(TRAFIKITO_REPRODUCIBLE)
    set(shipped_sources "/usr/src/trafikito-${PROJECT_VERSION}")
    add_link_options(-Wl,--build-id)
    add_compile_options(
        -g1
        -gno-record-gcc-switches
        "-ffile-prefix-map=${PROJECT_SOURCE_DIR}=${shipped_sources}"
        "-ffile-prefix-map=${PROJECT_BINARY_DIR}=${shipped_sources}/build"
    )
endif()
