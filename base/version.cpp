#include "base/version.hpp"

#include "commit.hpp" // made at each build: cmake/commit.cmake

#include <boost/version.hpp>
#include <openssl/crypto.h>
#include <openssl/opensslv.h>

namespace trafikito::base {

namespace {

std::string compiler() {
#if defined(__clang__)
    return "clang " + std::to_string(__clang_major__) + "." + std::to_string(__clang_minor__) +
           "." + std::to_string(__clang_patchlevel__);
#elif defined(__GNUC__)
    return "g++ " + std::to_string(__GNUC__) + "." + std::to_string(__GNUC_MINOR__) + "." +
           std::to_string(__GNUC_PATCHLEVEL__);
#else
    return "an unknown compiler";
#endif
}

std::string boost() {
    return std::to_string(BOOST_VERSION / 100000) + "." +
           std::to_string(BOOST_VERSION / 100 % 1000) + "." + std::to_string(BOOST_VERSION % 100);
}

/// Of the library that is loaded; a package's program may have been built with another.
std::string openssl() {
    std::string const loaded = ::OpenSSL_version(OPENSSL_VERSION_STRING);
    return loaded == OPENSSL_VERSION_STR ? loaded
                                         : loaded + " (built with " OPENSSL_VERSION_STR ")";
}

} // namespace

std::string version_text(std::string_view program) {
    constexpr std::string_view commit = TRAFIKITO_COMMIT;
    return std::string(program) + " " + std::string(version) + "\ncommit " +
           std::string(commit.empty() ? "unknown" : commit) + ", built by " + compiler() +
           "\nBoost " + boost() + ", OpenSSL " + openssl();
}

} // namespace trafikito::base
