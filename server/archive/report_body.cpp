#include "server/archive/report_body.hpp"

#include "server/archive/number_text.hpp"

namespace trafikito::server::archive {

namespace {

constexpr char form = 1; ///< of what follows; a later one has another
/// More than the largest report has: its sections take some forty bytes each.
constexpr std::size_t most_outputs = 1'000'000;

} // namespace

// All lengths first: who looks for one output reads no other.
std::string write_body(std::vector<output_view> const& outputs, std::string_view results) {
    writer to;
    to.bytes({&form, 1});
    to.number(outputs.size());
    for (auto const& one : outputs) {
        to.text(one.command);
        to.number(one.bytes.size());
    }
    to.number(results.size());
    for (auto const& one : outputs) {
        to.bytes(one.bytes);
    }
    to.bytes(results);
    return to.take();
}

body_view read_body(std::string_view body) {
    reader from(body);
    if (from.bytes(1).front() != form) {
        throw unreadable("it has a form that this program does not know");
    }
    body_view found;
    auto const outputs = from.count();
    if (outputs > most_outputs) {
        throw unreadable("it has too many outputs");
    }
    found.outputs.resize(outputs);
    std::vector<std::uint64_t> sizes;
    for (auto& one : found.outputs) {
        one.command = from.text();
        sizes.push_back(from.number());
    }
    auto const results = from.number();
    for (std::size_t at = 0; at < sizes.size(); ++at) {
        found.outputs[at].bytes = from.bytes(sizes[at]);
    }
    found.results = from.bytes(results);
    from.end();
    return found;
}

} // namespace trafikito::server::archive
