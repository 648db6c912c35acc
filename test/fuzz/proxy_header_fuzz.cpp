// What stands in front of a connection of a trusted balancer: the PROXY protocol's version 2.
#include "server/http/proxy_header.hpp"
#include "test/fuzz/fuzz.hpp"

using namespace trafikito;
using namespace trafikito::fuzz;
using namespace trafikito::server::http;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const bytes = as_text(data, size);
    auto const whole = read_proxy_header(bytes);
    auto const* const header = std::get_if<proxy_header>(&whole);
    auto const* const bad = std::get_if<bad_proxy_header>(&whole);
    auto const* const unfinished = std::get_if<unfinished_proxy_header>(&whole);
    if (header != nullptr) {
        must(header->size >= 16 && header->size <= max_proxy_header, "a header is bounded");
        must(header->size <= size, "a header has come");
        must(!header->local || !header->source, "a balancer's own connection names nobody");
        must(!header->source || !header->source->address().is_v6() ||
                 !header->source->address().to_v6().is_v4_mapped(),
             "an IPv4 address is one");
    }
    must(bad == nullptr || (!bad->reason.empty() && is_one_line(bad->reason)),
         "what is bad has a reason in one line");
    must(unfinished == nullptr ||
             (unfinished->missing > 0 && size + unfinished->missing <= max_proxy_header),
         "what is missing is bounded");
    for (std::size_t cut = 0; cut < size && cut <= max_proxy_header; ++cut) {
        auto const part = read_proxy_header(bytes.substr(0, cut));
        if (auto const* const early = std::get_if<proxy_header>(&part)) {
            must(header != nullptr && header->size == early->size &&
                     header->source == early->source,
                 "what follows a header does not change it");
        } else if (auto const* const refused = std::get_if<bad_proxy_header>(&part)) {
            must(bad != nullptr && bad->reason == refused->reason,
                 "what follows does not change what is bad");
        } else if (header != nullptr) {
            must(cut < header->size, "a header is read as soon as it is there");
            must(cut + std::get<unfinished_proxy_header>(part).missing <= header->size,
                 "no more is asked for than there is");
        }
    }
    return 0;
}
