// A file of two records, as a disk may give it back: as it is, and with a half that is right.
#include "agent/persistence/record_file.hpp"
#include "test/fuzz/fuzz.hpp"

#include <algorithm>

using namespace trafikito;
using namespace trafikito::fuzz;

namespace {

void check(std::string_view file) {
    auto const found = agent::persistence::find_records(file);
    must(!found.half_damaged || found.newest, "half of nothing is not damaged");
    if (!found.newest) {
        return;
    }
    auto const again = agent::persistence::format_record(found.newest->text, found.newest->number);
    auto const half = file.substr(found.which * found.half, found.half);
    must(half.starts_with(again), "what is formatted is what was read");
    must(half.find_first_not_of('\n', again.size()) == std::string_view::npos,
         "nothing stands behind a record");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const text = as_text(data, size);
    check(text);
    if (text.size() > agent::persistence::least_half) {
        return 0;
    }
    std::string const lines = std::string(text.substr(0, text.size() / 2)) + "\n";
    auto right = agent::persistence::format_record(lines, size);
    if (right.size() > agent::persistence::least_half) {
        return 0;
    }
    right.resize(agent::persistence::least_half, '\n');
    std::string other(text);
    other.resize(agent::persistence::least_half, '\n');
    for (auto const& file : {right + other, other + right}) {
        must(agent::persistence::find_records(file).newest.has_value(), "one half is enough");
        check(file);
    }
    return 0;
}
