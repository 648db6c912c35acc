# What we build on. Boost's header-only asynchronous libraries are compiled once, in trafikito_boost, and so is its JSON:
# of Debian's archive the linker cannot leave out the part that nobody calls.

if(POLICY CMP0167)
    cmake_policy(SET CMP0167 NEW)
endif()

set(Boost_USE_STATIC_LIBS ${TRAFIKITO_STATIC})
set(OPENSSL_USE_STATIC_LIBS ${TRAFIKITO_STATIC_OPENSSL})
find_package(Boost 1.81 REQUIRED CONFIG COMPONENTS headers)
find_package(OpenSSL 3 REQUIRED)
find_package(SQLite3 3.35 REQUIRED)
# No distribution has a package of CMake for it everywhere.
find_path(ZSTD_INCLUDE zstd.h REQUIRED)
find_library(ZSTD_LIBRARY zstd REQUIRED)
add_library(Zstd::zstd UNKNOWN IMPORTED)
set_target_properties(
    Zstd::zstd
    PROPERTIES IMPORTED_LOCATION "${ZSTD_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${ZSTD_INCLUDE}"
)
# Nor for this one.
find_path(SODIUM_INCLUDE sodium.h REQUIRED)
find_library(SODIUM_LIBRARY sodium REQUIRED)
add_library(Sodium::sodium UNKNOWN IMPORTED)
set_target_properties(
    Sodium::sodium
    PROPERTIES IMPORTED_LOCATION "${SODIUM_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${SODIUM_INCLUDE}"
)
find_package(PostgreSQL REQUIRED) # libpq
# A later RE2 is built on Abseil, and its pkg-config file alone says which of it. Its -pthread is left out: what is
# precompiled has none.
find_package(PkgConfig)
if(PKG_CONFIG_FOUND)
    pkg_check_modules(RE2 re2)
endif()
if(NOT RE2_FOUND)
    find_path(RE2_INCLUDE_DIRS re2/re2.h REQUIRED)
    find_library(RE2_LINK_LIBRARIES re2 REQUIRED)
endif()
# Its name is another in each release of Debian: what is shipped for several has it inside, as long as it needs no Abseil.
find_library(RE2_ARCHIVE NAMES libre2.a)
if(TRAFIKITO_STATIC AND RE2_ARCHIVE AND NOT "${RE2_LINK_LIBRARIES};${RE2_STATIC_LIBRARIES}" MATCHES "absl")
    set(RE2_LINK_LIBRARIES "${RE2_ARCHIVE}")
endif()
add_library(RE2::re2 INTERFACE IMPORTED)
target_include_directories(RE2::re2 SYSTEM INTERFACE ${RE2_INCLUDE_DIRS})
target_link_libraries(RE2::re2 INTERFACE ${RE2_LINK_LIBRARIES})
find_package(Threads REQUIRED)
find_package(CLI11 2.1 REQUIRED CONFIG)

add_library(
    trafikito_boost
    STATIC
    cmake/boost/asio.cpp
    cmake/boost/asio_ssl.cpp
    cmake/boost/assertion.cpp
    cmake/boost/beast.cpp
    cmake/boost/json.cpp
    cmake/boost/process.cpp
)
target_compile_definitions(
    trafikito_boost
    PUBLIC
        BOOST_ASIO_SEPARATE_COMPILATION
        BOOST_ASIO_NO_DEPRECATED
        BOOST_BEAST_SEPARATE_COMPILATION
        BOOST_ENABLE_ASSERT_DEBUG_HANDLER # cmake/boost/assertion.cpp
        BOOST_PROCESS_V2_SEPARATE_COMPILATION
        BOOST_PROCESS_USE_STD_FS
)
target_link_libraries(
    trafikito_boost
    PUBLIC
        Boost::headers
        OpenSSL::SSL
        OpenSSL::Crypto
        Threads::Threads
    PRIVATE trafikito_compiler
)
# Boost's own sources are not ours to warn about.
target_compile_options(trafikito_boost PRIVATE -w)

# Of JSON, little is written a minute and less is read.
set_source_files_properties(cmake/boost/json.cpp PROPERTIES COMPILE_OPTIONS "${trafikito_small}")

# The header that the rooms of asynchronous code precompile, once for all of them: of those that are optimised for
# speed, and of those for size (cmake/rooms.cmake), since a compiler takes none that was made with other options.
file(CONFIGURE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/precompiled.cpp" CONTENT "// nothing but its precompiled header\n")
foreach(precompiled trafikito_precompiled trafikito_precompiled_small)
    add_library(${precompiled} STATIC "${CMAKE_CURRENT_BINARY_DIR}/precompiled.cpp")
    target_link_libraries(${precompiled} PUBLIC trafikito_compiler trafikito_boost)
    target_precompile_headers(${precompiled} PRIVATE cmake/precompiled.hpp)
endforeach()
target_compile_options(trafikito_precompiled_small PRIVATE ${trafikito_small})
