#include "server/http/acceptor.hpp"

#include <stdexcept>

namespace trafikito::server::http {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace {

tcp::endpoint endpoint_of(std::string const& address, unsigned short port) {
    boost::system::error_code failed;
    auto const parsed = asio::ip::make_address(address, failed);
    if (failed) {
        throw std::runtime_error(address + " is not an IP address to listen on");
    }
    return {parsed, port};
}

} // namespace

tcp::acceptor open_acceptor(asio::any_io_executor const& executor, std::string const& address,
                            unsigned short port) {
    auto const endpoint = endpoint_of(address, port);
    tcp::acceptor acceptor(executor);
    try {
        acceptor.open(endpoint.protocol());
        acceptor.set_option(tcp::acceptor::reuse_address(true));
        acceptor.bind(endpoint);
        acceptor.listen(tcp::acceptor::max_listen_connections);
    } catch (boost::system::system_error const& failure) {
        throw std::runtime_error("cannot listen on " + address + " port " + std::to_string(port) +
                                 ": " + failure.code().message());
    }
    return acceptor;
}

std::string name_of(tcp::endpoint const& peer) {
    return peer.address().to_string() + ":" + std::to_string(peer.port());
}

} // namespace trafikito::server::http
