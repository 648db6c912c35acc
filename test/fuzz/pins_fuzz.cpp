// `pin`, as the configuration checks it and as net/ reads it.
#include "config/pins.hpp"
#include "net/link/pin.hpp"
#include "test/fuzz/fuzz.hpp"

using namespace trafikito;
using namespace trafikito::fuzz;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const text = as_text(data, size);
    auto const pins = net::link::parse_pins(text);
    auto const problem = config::pins_problem(text);
    must(pins.has_value() == problem.empty(), "both rooms have the same rule");
    must(is_one_line(problem), "a problem is one line");
    if (!pins) {
        return 0;
    }
    std::string again;
    for (auto const& pin : *pins) {
        must(pin.starts_with("sha256/") && pin.size() == 7 + 44, "a pin has one form");
        again += pin + ", ";
    }
    must(net::link::parse_pins(again).value() == *pins, "what is read reads back as the same");
    return 0;
}
