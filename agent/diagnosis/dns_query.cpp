#include "agent/diagnosis/dns_query.hpp"

#include "base/ascii.hpp"

#include <algorithm>

namespace trafikito::agent::diagnosis {

namespace {

constexpr std::size_t header_size = 12;
constexpr std::size_t longest_label = 63;
constexpr std::size_t longest_name = 253;
constexpr std::size_t most_servers = 3;

void add_number(std::string& to, unsigned value) {
    to += static_cast<char>((value >> 8U) & 0xFFU);
    to += static_cast<char>(value & 0xFFU);
}

unsigned number_at(std::string_view bytes, std::size_t at) {
    return (static_cast<unsigned>(static_cast<unsigned char>(bytes[at])) << 8U) |
           static_cast<unsigned char>(bytes[at + 1]);
}

} // namespace

std::string dns_question(std::string_view host, std::uint16_t id) {
    if (host.ends_with('.')) {
        host.remove_suffix(1);
    }
    if (host.empty() || host.size() > longest_name) {
        return {};
    }
    std::string bytes;
    add_number(bytes, id);
    add_number(bytes, 0x0100); // a question, recursion desired
    for (unsigned const count : {1U, 0U, 0U, 0U}) {
        add_number(bytes, count);
    }
    while (!host.empty()) {
        auto const end = std::min(host.find('.'), host.size());
        if (end == 0 || end > longest_label) {
            return {};
        }
        bytes += static_cast<char>(end);
        bytes += host.substr(0, end);
        host.remove_prefix(std::min(end + 1, host.size()));
    }
    bytes += '\0';
    add_number(bytes, 1); // A
    add_number(bytes, 1); // IN
    return bytes;
}

std::optional<dns_answer> parse_dns_answer(std::string_view bytes, std::uint16_t id) {
    constexpr unsigned is_answer = 0x8000;
    if (bytes.size() < header_size || number_at(bytes, 0) != id ||
        (number_at(bytes, 2) & is_answer) == 0) {
        return std::nullopt;
    }
    return dns_answer{number_at(bytes, 2) & 0xFU, number_at(bytes, 6)};
}

std::string in_words(dns_answer const& answer) {
    switch (answer.code) {
    case 0:
        return answer.answers == 0 ? "it knows the name, but no IPv4 address" : "it knows the name";
    case 2:
        return "it cannot find out (SERVFAIL)";
    case 3:
        return "there is no such name (NXDOMAIN)";
    case 5:
        return "it does not answer this machine (REFUSED)";
    default:
        return "it answers with the code " + std::to_string(answer.code);
    }
}

std::vector<std::string> parse_name_servers(std::string_view text) {
    constexpr std::string_view word = "nameserver";
    std::vector<std::string> found;
    base::line_reader lines(text);
    while (auto const line = lines.next()) {
        auto rest = base::trim_white_space(line->text);
        if (!rest.starts_with(word) || rest.size() == word.size() ||
            !base::is_blank(rest[word.size()])) {
            continue;
        }
        rest = base::trim_white_space(rest.substr(word.size()));
        auto const end = std::min(rest.find_first_of(" \t#;"), rest.size());
        if (found.size() < most_servers && end != 0) {
            found.emplace_back(rest.substr(0, end));
        }
    }
    return found;
}

} // namespace trafikito::agent::diagnosis
