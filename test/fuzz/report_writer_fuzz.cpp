// What is written as a report reads back as the same sections, however the output was cut into
// pieces. The input: lines; one that begins with `N` opens a section of the rest's name, `|` is a
// cut, `A` alone begins the available commands.
#include "net/api/report.hpp"
#include "test/fuzz/fuzz.hpp"

#include <vector>

using namespace trafikito;
using namespace trafikito::fuzz;

namespace {

struct told {
    std::string name;
    std::string output;
};

void write_in_pieces(net::api::report_writer& writer, std::string_view line, told& to) {
    while (!line.empty()) {
        auto const [piece, rest] = split(line, '|');
        writer.output(piece);
        to.output += piece;
        line = rest;
    }
}

/// One space is taken from each line that stands behind `space, marker`.
std::string without_escapes(std::string_view output) {
    std::string plain;
    while (!output.empty()) {
        auto line = output.substr(0, output.find('\n'));
        auto const whole = output.substr(0, line.size() + 1);
        output.remove_prefix(whole.size());
        bool const escaped = line.starts_with(" *-*-*-*------------ Trafikito command:") ||
                             line.starts_with(" *-*-*-*------------ Available commands:");
        plain += whole.substr(escaped ? 1 : 0);
    }
    return plain;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string report;
    net::api::report_writer writer([&](std::string_view bytes) { report += bytes; });
    std::vector<told> said;
    auto rest = as_text(data, size);
    while (!rest.empty()) {
        auto const line = rest.substr(0, std::min(rest.find('\n'), rest.size() - 1) + 1);
        rest.remove_prefix(line.size());
        if (line.front() == 'N') {
            auto const name = "n" + std::to_string(said.size()) + " " +
                              std::string(line.substr(1, line.find_last_not_of("\r\n")));
            said.push_back({name, {}});
            writer.open_section(name);
        } else if (!said.empty()) {
            write_in_pieces(writer, line, said.back());
        }
    }
    std::vector<std::string> const list{"trafikito_a=\"b\"", "trafikito_c=\"*-*-*-*\""};
    writer.available_commands(list);
    auto const parsed = net::api::parse_report(report, net::api::marker_place::line_start);
    must(parsed.available == list[0] + "\n" + list[1] + "\n", "the list is verbatim");
    must(parsed.sections.size() == said.size(), "no output forges or hides a section");
    for (std::size_t at = 0; at < said.size(); ++at) {
        auto expected = said[at].output;
        if (!expected.empty() && expected.back() != '\n') {
            expected += '\n';
        }
        must(parsed.sections[at].name.starts_with("n" + std::to_string(at)), "names in order");
        bool const had_escape = expected.find(" *-*-*-*------------ ") != std::string::npos;
        must(had_escape || without_escapes(parsed.sections[at].output) == expected,
             "an output is what the command wrote");
    }
    return 0;
}
