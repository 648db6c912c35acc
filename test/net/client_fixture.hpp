#pragma once
// An http_client against a scripted peer, on one io_context. The client's tests share it.

#include "net/http/client.hpp"
#include "test/net/run_here.hpp"
#include "test/support/certificates.hpp"
#include "test/support/scripted_peer.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace trafikito::test {

/// Every name is 127.0.0.1.
class loopback_resolver : public net::link::resolver {
public:
    boost::asio::awaitable<net::link::result<net::link::addresses>>
    resolve(std::string, std::uint16_t port) override {
        net::link::addresses found;
        found.emplace_back(boost::asio::ip::address_v4::loopback(), port);
        co_return found;
    }
};

struct client_fixture {
    boost::asio::io_context context;
    temporary_directory directory;
    certificate_authority authority;
    loopback_resolver names;
    std::string log;
    std::unique_ptr<net::http::client> client =
        make_client(authority.certificate(), std::chrono::seconds{20});

    std::unique_ptr<net::http::client> make_client(std::string const& trusted,
                                                   std::chrono::milliseconds timeout) {
        net::http::client_settings settings;
        settings.request_timeout = timeout;
        return make_client(settings, trusted);
    }

    std::unique_ptr<net::http::client> make_client(net::http::client_settings settings) {
        return make_client(std::move(settings), authority.certificate());
    }

    std::unique_ptr<net::http::client> make_client(net::http::client_settings settings,
                                                   std::string const& trusted) {
        settings.version = "1.2.3";
        settings.ca_file = directory.write("ca.pem", trusted);
        return net::http::make_client(context.get_executor(), settings, names,
                                      [this](std::string_view line) {
                                          log += line;
                                          log += '\n';
                                      })
            .value();
    }

    /// A certificate of `authority` for localhost and 127.0.0.1.
    [[nodiscard]] peer_settings trusted() const {
        certificate_wish wish;
        wish.names = {"localhost", "127.0.0.1"};
        return {.tls = authority.issue(wish)};
    }

    static net::http::request to(scripted_peer const& peer, std::string const& origin) {
        net::http::request what;
        what.to =
            net::link::parse_endpoint(origin + ':' + std::to_string(peer.port()) + "/path?q=1")
                .value();
        what.content_type = "text/plain";
        what.content = net::http::body("hello");
        return what;
    }

    net::link::result<net::http::response> send(net::http::request what) {
        return run_here(context, client->send(std::move(what)));
    }
};

} // namespace trafikito::test
