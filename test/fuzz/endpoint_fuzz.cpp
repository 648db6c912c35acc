// An address, as the configuration checks it and as net/ takes it apart.
#include "config/url.hpp"
#include "net/link/endpoint.hpp"
#include "test/fuzz/fuzz.hpp"

#include <algorithm>

using namespace trafikito;
using namespace trafikito::fuzz;

namespace {

bool fits_a_request_line(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const text = as_text(data, size);
    auto const checked = config::parse_url(text);
    auto const to = net::link::parse_endpoint(text);
    // The configuration may be stricter, never laxer: what it took must not fail later.
    must(!checked.value || to.has_value(), "what the configuration takes can be used");
    if (!to) {
        auto const words = to.error().message();
        must(is_one_line(words), "a failure is one line");
        must(text.find('@') == std::string_view::npos || words.find('@') == std::string::npos,
             "a failure shows no user information");
        return 0;
    }
    must(!to->host.empty() && fits_a_request_line(to->host), "a host fits into a header");
    must(to->target.starts_with('/') && fits_a_request_line(to->target), "a target into a line");
    must(to->tls || config::is_loopback_host(to->host) || to->host == "::1" ||
             to->host.starts_with("127.") || to->host.find(':') != std::string::npos,
         "plain HTTP is for this machine alone");
    auto const whole = to->origin() + to->target; // longer by the port where the text has none
    auto const again = net::link::parse_endpoint(whole);
    must(whole.size() > net::link::max_url || (again && *again == *to),
         "what is taken apart and put together is the same");
    must(fits_a_request_line(to->below("/v2/ping").target) &&
             fits_a_request_line(to->with_query("callToken", text).target),
         "what is made of it fits into a request");
    must(to->with_query("a", text).host == to->host, "a query changes no host");
    return 0;
}
