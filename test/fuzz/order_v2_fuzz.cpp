// v2's answer to the question for an order.
#include "test/fuzz/order_properties.hpp"

using namespace trafikito;
using namespace trafikito::fuzz;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const answer = net::api::parse_order_v2(as_text(data, size));
    auto const* const order = std::get_if<net::api::order>(&answer);
    if (order == nullptr) {
        check_other(answer);
        return 0;
    }
    check_order(*order);
    must(!order->version.empty(), "v2 always offers a version");
    auto const plain = as_an_api_has_it(*order);
    must(net::api::parse_order_v2(net::api::format_order_v2(plain)) ==
             net::api::order_answer(plain),
         "what is formatted reads back as the same order");
    return 0;
}
