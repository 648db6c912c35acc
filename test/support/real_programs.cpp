#include "test/support/real_programs.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>

#include <unistd.h>

namespace trafikito::test {

namespace unit = boost::unit_test;
using boost::asio::ip::tcp;

std::string find_program(std::string const& name) {
    for (std::string const folder :
         {"/usr/sbin/", "/usr/bin/", "/usr/local/bin/", "/sbin/", "/bin/"}) {
        if (std::filesystem::exists(folder + name)) {
            return folder + name;
        }
    }
    return {};
}

namespace {

unit::precondition when(bool holds, std::string otherwise) {
    return unit::precondition([holds, otherwise = std::move(otherwise)](unit::test_unit_id) {
        boost::test_tools::assertion_result result(holds);
        result.message() << otherwise;
        return result;
    });
}

} // namespace

unit::precondition needs(std::string const& name) {
    return when(!find_program(name).empty(),
                name + " is not installed: install it to run this test");
}

unit::precondition needs_root() {
    return when(::geteuid() == 0, "only root makes namespaces: run this test as root");
}

std::uint16_t free_port() {
    boost::asio::io_context context;
    tcp::acceptor const taken(context, {boost::asio::ip::address_v4::loopback(), 0});
    return taken.local_endpoint().port();
}

bool listens(std::uint16_t port) {
    boost::asio::io_context context;
    tcp::socket socket(context);
    boost::system::error_code error;
    tcp::endpoint const where(boost::asio::ip::address_v4::loopback(), port);
    socket.connect(where, error);
    return !error;
}

bool closed_by_peer(std::uint16_t port) {
    std::array<char, 16> peer{};
    std::snprintf(peer.data(), peer.size(), "0100007F:%04X", unsigned{port});
    std::ifstream connections("/proc/net/tcp");
    for (std::string line; std::getline(connections, line);) {
        std::istringstream columns(line);
        std::string number;
        std::string local;
        std::string remote;
        std::string state;
        if (columns >> number >> local >> remote >> state && remote == peer.data() &&
            state == "08") { // CLOSE_WAIT
            return true;
        }
    }
    return false;
}

std::string nginx_config(std::filesystem::path const& directory, std::uint16_t port,
                         std::string_view server, std::string_view http) {
    auto const at = directory.string();
    std::ostringstream text;
    text << "daemon off; master_process off; pid " << at << "/pid; error_log stderr warn;\n"
         << "events { worker_connections 64; }\nhttp {\naccess_log off;\n";
    for (auto const* const kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
        text << kind << "_temp_path " << at << '/' << kind << ";\n";
    }
    text << http << "\nserver {\nlisten 127.0.0.1:" << port << " ssl;\nssl_certificate " << at
         << "/cert.pem;\nssl_certificate_key " << at << "/key.pem;\n"
         << server << "\n}\n}\n";
    return text.str();
}

} // namespace trafikito::test
