// v1's answer to the question for an order.
#include "test/fuzz/order_properties.hpp"

using namespace trafikito;
using namespace trafikito::fuzz;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const answer = net::api::parse_order_v1(as_text(data, size));
    auto const* const order = std::get_if<net::api::order>(&answer);
    if (order == nullptr) {
        must(!std::holds_alternative<net::api::unchanged>(answer) &&
                 !std::holds_alternative<net::api::stop>(answer),
             "v1 knows neither = nor STOP");
        check_other(answer);
        return 0;
    }
    check_order(*order);
    must(order->version.empty() && order->widgets.empty() && order->delay.count() == 0,
         "v1 has token and names alone");
    auto const plain = as_an_api_has_it(*order);
    must(net::api::parse_order_v1(net::api::format_order_v1(plain)) ==
             net::api::order_answer(plain),
         "what is formatted reads back as the same order");
    return 0;
}
