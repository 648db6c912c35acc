#include "net/http/tunnel.hpp"

#include "base/ascii.hpp"
#include "base/plain_text.hpp"
#include "base/redactor.hpp"
#include "net/http/exchange.hpp"
#include "net/link/error_text.hpp"
#include "net/link/exchange_error.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <algorithm>

namespace trafikito::net::http {

namespace {

constexpr std::size_t max_schemes = 8;
constexpr std::size_t max_scheme = 32;

/// A scheme is a token (RFC 9110, 11.1); those there are have letters, digits and hyphens.
bool is_scheme(std::string_view word) {
    return !word.empty() && word.size() <= max_scheme && std::ranges::all_of(word, [](char c) {
        return base::is_letter(c) || base::is_digit(c) || c == '-';
    });
}

/// `NTLM`, `Basic`: the first word of each field, and of what follows a comma, where it can be a
/// scheme. A parser of strangers' bytes: linear.
std::vector<std::string> schemes_in(boost::beast::http::fields const& fields) {
    std::vector<std::string> found;
    auto const range = fields.equal_range(boost::beast::http::field::proxy_authenticate);
    for (auto at = range.first; at != range.second; ++at) {
        std::string_view rest(at->value().data(), at->value().size());
        while (!rest.empty() && found.size() < max_schemes) {
            auto const comma = std::min(rest.find(','), rest.size());
            auto const part = base::trim_white_space(rest.substr(0, comma));
            auto const word = part.substr(0, part.find_first_of(" \t"));
            if (is_scheme(word)) {
                found.emplace_back(word);
            }
            rest.remove_prefix(std::min(comma + 1, rest.size()));
        }
    }
    return found;
}

bool is_basic_in(std::vector<std::string> const& schemes) {
    return std::ranges::any_of(
        schemes, [](std::string const& one) { return base::equals_ignoring_case(one, "Basic"); });
}

std::string listed(std::vector<std::string> const& words) {
    std::string text;
    for (auto const& word : words) {
        text += (text.empty() ? "" : ", ") + word;
    }
    return text;
}

} // namespace

std::string connect_request(link::proxy const& through, std::string const& target,
                            std::string const& user_agent) {
    auto text = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target +
                "\r\nUser-Agent: " + user_agent + "\r\n";
    if (!through.authorization.empty()) {
        text += "Proxy-Authorization: " + through.authorization.reveal() + "\r\n";
    }
    return text + "\r\n";
}

std::optional<link::failure> find_proxy_refusal(link::proxy const& through,
                                                std::string const& target, unsigned status,
                                                std::string_view reason,
                                                std::vector<std::string> const& offered) {
    if (status / 100 == 2) {
        return std::nullopt;
    }
    link::failure why;
    why.at = link::step::proxy;
    why.peer = target;
    why.retryable = link::is_retryable_status(status);
    bool const known = !through.authorization.empty();
    auto const& header = through.authorization.reveal();
    base::redactor const redact{base::secret(header.substr(header.find(' ') + 1))};
    why.what = "the proxy " + through.to.peer() + ' ';
    // 401: so tinyproxy says that they are wrong.
    if (status == 407 && !offered.empty() && !is_basic_in(offered)) {
        why.what += "takes a user name and password only by " + redact(listed(offered)) +
                    ", and the agent gives them by Basic alone";
        why.hint = "its operator must allow Basic, or let this machine pass without; what is "
                   "written in proxy may be right";
    } else if (status == 407 || status == 401) {
        why.what += known ? "does not accept the user name and password"
                          : "demands a user name and password";
        why.hint = known ? "check them in proxy (percent-encoded: @ is %40, : is %3A)"
                         : "write them into proxy: http://USER:PASSWORD@" + through.to.peer();
    } else if (status / 100 == 5) {
        why.what += "cannot reach " + target;
        why.hint = "can the proxy resolve that name, and may it connect there?";
    } else {
        why.what += "does not open a way to " + target;
        why.hint = status == 403 || status == 405
                       ? "its operator must allow CONNECT to that address and port"
                       : "is it a proxy that knows CONNECT?";
    }
    auto const said = base::plain_text(redact(std::string(reason)), 100);
    why.what += " (HTTP " + std::to_string(status) + (said.empty() ? "" : " " + said) + ')';
    return why;
}

boost::asio::awaitable<std::optional<link::failure>>
open_tunnel(transport& over, link::proxy const& through, std::string const& target,
            std::string const& user_agent, link::progress& progress) {
    namespace http = boost::beast::http;
    progress.enter(link::step::proxy);
    auto const text = connect_request(through, target, user_agent);
    auto error = co_await send_all(over, text);
    boost::beast::flat_buffer buffer(2 * max_answer_header);
    std::optional<http::response_parser<http::empty_body>> parser;
    bool interim = true;
    for (std::size_t count = 0; interim && !error; ++count) {
        parser.emplace();
        parser->header_limit(max_answer_header);
        parser->skip(true); // neither length nor body mean anything here
        error = co_await receive_head(over, buffer, *parser, parser->get());
        interim = parser->get().result_int() < 200;
        if (!error && interim && count == max_interim_answers) {
            error = link::exchange_error::too_many_interim_answers;
        }
    }
    if (!error) {
        auto refused = find_proxy_refusal(through, target, parser->get().result_int(),
                                          parser->get().reason(), schemes_in(parser->get()));
        if (refused) {
            co_return refused;
        }
        // A TLS peer does not speak first.
        error = buffer.size() == 0
                    ? error
                    : link::make_error_code(link::exchange_error::bytes_after_tunnel);
    }
    if (error) {
        auto why = link::failed_at(progress, target, error);
        why.what = "the proxy " + through.to.peer() + ": " + why.what;
        co_return why;
    }
    co_return std::nullopt;
}

} // namespace trafikito::net::http
