// The end of a kept report, as a disk may give it back: as it is, and with a size and a checksum
// that are right.
#include "agent/persistence/spool_trailer.hpp"
#include "base/checksum.hpp"
#include "test/fuzz/fuzz.hpp"

#include <algorithm>

using namespace trafikito;
using namespace trafikito::fuzz;

namespace {

void check(std::string_view text) {
    auto const end =
        text.substr(text.size() - std::min(text.size(), agent::persistence::trailer_end_size));
    auto const size = agent::persistence::trailer_size(end);
    must(!size || (*size > agent::persistence::trailer_end_size &&
                   *size <= agent::persistence::max_trailer_size),
         "a trailer is bounded");
    auto const read = agent::persistence::parse_trailer(text);
    if (!read) {
        return;
    }
    must(size == text.size(), "what is read is as long as its end says");
    auto const written = agent::persistence::format_trailer(*read);
    auto const again = agent::persistence::parse_trailer(written);
    must(again && again->facts == read->facts && again->report_size == read->report_size &&
             again->report_sum == read->report_sum && again->number == read->number &&
             again->identity == read->identity,
         "what is formatted reads back as the same trailer");
}

/// Eight hexadecimal digits.
std::string digits(std::uint64_t value) {
    char text[9];
    std::snprintf(text, sizeof text, "%08x", static_cast<unsigned>(value));
    return text;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const text = as_text(data, size);
    check(text);
    std::string const content(text.substr(0, text.find('\n')));
    auto const rest = " 0000000000000010 " + digits(content.size() + 1) + " " +
                      digits(base::checksum(content + "\n")) + "\n";
    for (auto const* form : {"1", "2"}) {
        check(content + "\ntrafikito-report " + form + rest);
    }
    return 0;
}
