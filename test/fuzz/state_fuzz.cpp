// var/trafikito.state, as a disk may give it back.
#include "agent/state.hpp"
#include "test/fuzz/fuzz.hpp"

using namespace trafikito;
using namespace trafikito::fuzz;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const value = agent::parse_state(as_text(data, size));
    if (!value) {
        return 0;
    }
    // A name that nobody may run is written so that it cannot pass for one: that is done once.
    auto const settled = agent::parse_state(agent::format_state(*value));
    must(settled.has_value(), "what is formatted reads back");
    must(agent::parse_state(agent::format_state(*settled)) == settled,
         "what is formatted reads back as the same state");
    return 0;
}
