#pragma once
// A question to a name server, and the little of its answer that `why` needs: does that server know
// the name? (RFC 1035, 4.) Pure bytes; names.cpp sends them. Whom the agent connects to, the system
// says, never this.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::agent::diagnosis {

/// Asks for the IPv4 addresses of `host`. Empty where that can be no name of DNS.
std::string dns_question(std::string_view host, std::uint16_t id);

struct dns_answer {
    unsigned code = 0;    ///< RCODE: 0 all is well, 2 SERVFAIL, 3 no such name, 5 refused
    unsigned answers = 0; ///< records
};

/// Nothing where it is no answer to that question.
std::optional<dns_answer> parse_dns_answer(std::string_view bytes, std::uint16_t id);

/// `there is no such name`
std::string in_words(dns_answer const& answer);

/// The addresses of `nameserver` in the text of /etc/resolv.conf, three at most as the C library
/// has it.
std::vector<std::string> parse_name_servers(std::string_view text);

} // namespace trafikito::agent::diagnosis
