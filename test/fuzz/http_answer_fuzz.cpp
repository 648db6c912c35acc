// The answer to a request, as it comes over any stream. The bytes come in two ways: all at once,
// and one by one; what the agent makes of them must be the same.
#include "net/http/exchange.hpp"
#include "net/link/error_text.hpp"
#include "test/fuzz/fuzz.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/_experimental/test/stream.hpp>

using namespace trafikito;
using namespace trafikito::fuzz;
namespace asio = boost::asio;
namespace beast = boost::beast;

namespace {

constexpr std::size_t max_answer = 256;

net::http::outcome receive(std::string_view bytes, std::size_t read_size) {
    asio::io_context context(1);
    beast::test::stream local(context);
    beast::test::stream remote(context);
    local.connect(remote);
    local.append(bytes);
    local.read_size(read_size);
    remote.close();
    net::link::progress progress;
    net::http::body const content("body");
    net::http::outcome got;
    bool ended = false;
    auto const keep = [&](std::exception_ptr const& thrown, net::http::outcome what) {
        must(!thrown, "what a peer sends is no exception");
        got = std::move(what);
        ended = true;
    };
    std::string const head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n";
    net::http::transport_over<beast::test::stream> over(local);
    asio::co_spawn(context, net::http::exchange(over, head, content, max_answer, progress), keep);
    context.run();
    must(ended, "what is at its end ends the exchange");
    return got;
}

void check(net::http::outcome const& got) {
    if (got.error) {
        must(!got.keep_alive, "a broken connection is not kept");
        auto const why = net::link::explain(got.error);
        must(!why.what.empty() && is_one_line(why.what), "an error is explained in one line");
        must(why.what.find("asio") == std::string::npos, "an error is explained in words");
        return;
    }
    must(got.answer.result_int() >= 200, "an interim answer is no answer");
    must(got.answer.body().size() <= max_answer, "a body is bounded");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const bytes = as_text(data, size);
    auto const whole = receive(bytes, 64UL * 1024);
    auto const dripping = receive(bytes, 1);
    check(whole);
    check(dripping);
    must(whole.error.failed() == dripping.error.failed(), "how bytes are cut changes nothing");
    must(whole.error || (whole.answer.result_int() == dripping.answer.result_int() &&
                         whole.answer.body() == dripping.answer.body()),
         "how bytes are cut changes no answer");
    return 0;
}
