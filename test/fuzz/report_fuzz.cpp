// A report as the server reads it.
#include "net/api/report.hpp"
#include "test/fuzz/fuzz.hpp"

using namespace trafikito;
using namespace trafikito::fuzz;

namespace {

std::size_t check(std::string_view report, net::api::marker_place place) {
    auto const parsed = net::api::parse_report(report, place);
    must(is_inside(parsed.available, report), "the last section is the report's own");
    char const* from = report.data();
    for (auto const& section : parsed.sections) {
        must(section.name.find('\n') == std::string::npos, "a name is one line");
        must(is_inside(section.output, report), "an output is the report's own");
        must(section.output.empty() || section.output.data() > from, "sections follow each other");
        from = section.output.empty() ? from : section.output.data() + section.output.size() - 1;
    }
    return parsed.sections.size();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const report = as_text(data, size);
    auto const strict = check(report, net::api::marker_place::line_start);
    auto const lenient = check(report, net::api::marker_place::anywhere);
    must(strict <= lenient || report.find(net::api::available_marker) != std::string_view::npos,
         "markers at the start of a line are markers anywhere");
    return 0;
}
