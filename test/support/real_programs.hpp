#pragma once
// The programs that people run, as peers of a test: nginx, tinyproxy, openssl. A test whose program
// is not installed is skipped, and says so.

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace trafikito::test {

/// Its path; empty where it is not installed.
std::string find_program(std::string const& name);

/// Decorators of a test case.
boost::unit_test::precondition needs(std::string const& name);
boost::unit_test::precondition needs_root();

/// A port of 127.0.0.1 that is nobody's for the moment.
std::uint16_t free_port();

/// Whether something accepts connections on that port of 127.0.0.1.
bool listens(std::uint16_t port);

/// Whether a connection to that port of 127.0.0.1 was closed by its other end, but not yet by this
/// one.
bool closed_by_peer(std::uint16_t port);

/// What nginx needs to run in the foreground, as one process and with nothing outside of
/// `directory`, whose cert.pem and key.pem it shows on that port of 127.0.0.1. `server` goes into
/// its server block, `http` in front of that.
std::string nginx_config(std::filesystem::path const& directory, std::uint16_t port,
                         std::string_view server, std::string_view http = {});

} // namespace trafikito::test
