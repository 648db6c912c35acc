// var/trafikito.status, as a disk may give it back.
#include "agent/persistence/status.hpp"
#include "test/fuzz/fuzz.hpp"

using namespace trafikito;
using namespace trafikito::fuzz;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const value = agent::persistence::parse_status(as_text(data, size));
    if (!value) {
        return 0;
    }
    must(value->started.age(value->started).count() >= 0, "an age is never negative");
    must(agent::persistence::parse_status(agent::persistence::format_status(*value)) == value,
         "what is formatted reads back as the same status");
    return 0;
}
