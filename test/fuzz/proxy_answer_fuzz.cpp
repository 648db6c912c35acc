// What a proxy answers to CONNECT.
#include "net/http/tunnel.hpp"
#include "test/fuzz/fuzz.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/_experimental/test/stream.hpp>

#include <optional>

using namespace trafikito;
using namespace trafikito::fuzz;
namespace asio = boost::asio;
namespace beast = boost::beast;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const bytes = as_text(data, size);
    auto const through =
        net::link::parse_proxy("http://me:q7Zx-hunter2@proxy.example:3128").value();
    auto const secret = through.authorization.reveal().substr(6) /* behind `Basic ` */;
    asio::io_context context(1);
    beast::test::stream local(context);
    beast::test::stream remote(context);
    local.connect(remote);
    local.append(bytes);
    remote.close();
    std::string const target = "api.example:443";
    std::string const user_agent = "test";
    net::link::progress progress;
    std::optional<net::link::failure> why;
    bool ended = false;
    auto const keep = [&](std::exception_ptr const& thrown,
                          std::optional<net::link::failure> what) {
        must(!thrown, "what a proxy sends is no exception");
        why = std::move(what);
        ended = true;
    };
    net::http::transport_over<beast::test::stream> over(local);
    asio::co_spawn(context, net::http::open_tunnel(over, through, target, user_agent, progress),
                   keep);
    context.run();
    must(ended, "what is at its end ends the attempt");
    if (!why) {
        must(bytes.find("HTTP/1.") != std::string_view::npos &&
                 bytes.find(" 2") != std::string_view::npos,
             "only 2xx opens a tunnel");
        return 0;
    }
    must(why->at == net::link::step::proxy, "a proxy's failure is at its step");
    auto const text = why->message();
    must(is_one_line(text), "a failure is one line");
    must(text.find("asio.") == std::string::npos || bytes.find("asio.") != std::string_view::npos,
         "a failure is in words");
    must(text.find(secret) == std::string::npos, "a failure does not show the password");
    return 0;
}
