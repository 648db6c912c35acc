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
        auto const why = listening_fault(failure.code(), port);
        throw std::runtime_error("cannot listen on " + address + " port " + std::to_string(port) +
                                 ": " + why.what + (why.mend.empty() ? "" : "; " + why.mend));
    }
    return acceptor;
}

listen_fault listening_fault(boost::system::error_code const& failed, unsigned short port) {
    auto const number = std::to_string(port);
    if (failed == asio::error::address_in_use) {
        return {"another program listens there",
                "`ss -Hltnp 'sport = :" + number +
                    "'` names it: stop that one, or give --listen another port"};
    }
    if (failed == boost::system::errc::address_not_available) {
        return {"this machine does not have that address",
                "`ip address` shows those that it has, and 0.0.0.0 is all of them"};
    }
    if (failed == asio::error::access_denied) {
        return {"this user may not listen there, for ports below 1024 are root's",
                "give --listen a higher port, or give the service CAP_NET_BIND_SERVICE, as the "
                "unit does"};
    }
    return {failed.message(), {}};
}

std::string name_of(tcp::endpoint const& peer) {
    return peer.address().to_string() + ":" + std::to_string(peer.port());
}

} // namespace trafikito::server::http
