#include "server/archive/report_body.hpp"

#include "base/checksum.hpp"
#include "server/archive/number_text.hpp"

#include <array>
#include <cstdint>

namespace trafikito::server::archive {

namespace {

constexpr char form = 1; ///< of what follows; a later one has another
/// More than the largest report has: its sections take some forty bytes each.
constexpr std::size_t most_outputs = 1'000'000;
constexpr std::size_t sum_size = sizeof(std::uint32_t);

std::array<char, sum_size> bytes_of(std::uint32_t sum) {
    std::array<char, sum_size> bytes{};
    for (auto& byte : bytes) {
        byte = static_cast<char>(sum & 0xFFU);
        sum >>= 8U;
    }
    return bytes;
}

/// What stands before its checksum.
std::string_view content_of(std::string_view body) {
    if (body.size() <= sum_size) {
        throw unreadable("it ends too early");
    }
    if (body.front() != form) {
        throw unreadable("it has a form that this program does not know");
    }
    auto const content = body.substr(0, body.size() - sum_size);
    auto const sum = bytes_of(base::checksum(content));
    if (body.substr(content.size()) != std::string_view(sum.data(), sum.size())) {
        throw unreadable("its checksum is another, so some of its bytes have changed");
    }
    return content;
}

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
    auto const sum = bytes_of(base::checksum(to.so_far()));
    to.bytes({sum.data(), sum.size()});
    return to.take();
}

body_view read_body(std::string_view body) {
    reader from(content_of(body).substr(1));
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
