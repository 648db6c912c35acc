// var/trafikito.state, as a disk may give it back: as it is, and with a checksum that is right.
#include "agent/persistence/state.hpp"
#include "base/checksum.hpp"
#include "test/fuzz/fuzz.hpp"

using namespace trafikito;
using namespace trafikito::fuzz;

namespace {

void check(std::string_view text) {
    auto const value = agent::persistence::parse_state(text);
    if (!value) {
        return;
    }
    // A name that nobody may run is written so that it cannot pass for one: that is done once.
    auto const settled = agent::persistence::parse_state(agent::persistence::format_state(*value));
    must(settled.has_value(), "what is formatted reads back");
    must(agent::persistence::parse_state(agent::persistence::format_state(*settled)) == settled,
         "what is formatted reads back as the same state");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const text = as_text(data, size);
    check(text);
    auto const line = text.substr(0, text.find('\n'));
    check(std::string(line) + "\ncrc32 " + std::to_string(base::checksum(line)) + "\n");
    return 0;
}
