#include "net/api/answer.hpp"

#include "base/ascii.hpp"
#include "base/plain_text.hpp"
#include "base/units.hpp"

#include <boost/beast/http/status.hpp>

#include <algorithm>

namespace trafikito::net::api {

namespace {

constexpr std::size_t shown_text = 200;
constexpr std::size_t shown_title = 80;
constexpr unsigned unauthorized = 401;
constexpr unsigned forbidden = 403;
constexpr unsigned content_too_large = 413;
constexpr unsigned too_many_requests = 429;

constexpr std::string_view key_untouched = "The key and this installation are not touched by that";
constexpr std::string_view not_about_the_key =
    "these are not the API's own words about a key: does a firewall, a proxy or a rule of its "
    "server refuse this machine? The key and this installation are not touched by that";
constexpr std::string_view trouble_there =
    "the API's server has trouble of its own, or a proxy before it does not reach it; its operator "
    "must mend it";

std::string status_text(unsigned status) {
    namespace http = boost::beast::http;
    std::string text = "HTTP " + std::to_string(status);
    if (auto const known = http::int_to_status(status); known != http::status::unknown) {
        text += ' ';
        text += std::string_view(http::obsolete_reason(known));
    }
    return text;
}

std::string hint_for_wait(std::chrono::seconds retry_after) {
    return retry_after == std::chrono::seconds(0)
               ? "wait: whoever answers takes no more requests of this machine for now"
               : "wait: whoever answers takes no more requests of this machine for " +
                     base::in_seconds(retry_after) + " (Retry-After)";
}

/// Of an answer that is not in the API's own words.
std::string hint_for(http::response const& answer) {
    switch (answer.status) {
    case 401:
    case 403:
        return std::string(not_about_the_key);
    case 404:
    case 405:
        return "check the address in the configuration";
    case 413:
        return "the API takes no report of that size; make max_report smaller";
    case 429:
        return hint_for_wait(answer.retry_after);
    default:
        return answer.status / 100 == 5 ? std::string(trouble_there) : std::string();
    }
}

/// ` [Server: nginx; Via: 1.1 squid]`, as far as they are named.
std::string teller_of(http::response const& answer, base::redactor const& redact) {
    auto text = answer.server.empty() ? std::string() : "Server: " + redact(answer.server);
    if (!answer.via.empty()) {
        text += (text.empty() ? "Via: " : "; Via: ") + redact(answer.via);
    }
    return text.empty() ? text : " [" + text + ']';
}

/// What is left of a text behind the mark of UTF-8 and white space, with which pages may begin.
std::string_view beginning_of(std::string_view content) {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    content = base::trim_white_space(content);
    return content.starts_with(mark) ? base::trim_white_space(content.substr(mark.size()))
                                     : content;
}

void blame_stranger(link::failure& why, std::string_view page) {
    auto const title = title_of_page(page);
    why.foreign = true;
    why.what += title.empty() ? "" : ": " + title;
    // A server in trouble, or the proxy before it, tells so by a page as well.
    if (why.status / 100 != 5 && why.status != too_many_requests) {
        why.hint = "an HTML page came instead of the API's answer: is there a firewall, a proxy or "
                   "a captive portal between, or is the address another one's?";
    }
    if (why.status == unauthorized || why.status == forbidden) {
        why.hint += ' ' + std::string(key_untouched);
    }
}

} // namespace

bool is_page(std::string_view content) {
    return beginning_of(content).starts_with('<');
}

std::string title_of_page(std::string_view page) {
    constexpr std::string_view tag = "<title";
    auto const same = [](char one, char other) { return base::to_lower(one) == other; };
    auto const opened = std::ranges::search(page, tag, same);
    auto rest = page.substr(static_cast<std::size_t>(opened.end() - page.begin()));
    auto const begin = rest.find('>');
    if (opened.empty() || begin == std::string_view::npos) {
        return {};
    }
    rest.remove_prefix(begin + 1);
    return base::plain_text(rest.substr(0, rest.find('<')), shown_title);
}

std::optional<std::chrono::milliseconds> time_left(link::steady_time until,
                                                   link::now_function const& now) {
    using std::chrono::milliseconds;
    if (until == link::no_limit) {
        return std::nullopt;
    }
    return std::max(std::chrono::duration_cast<milliseconds>(until - now()), milliseconds(1));
}

link::failure refused(http::response const& answer, std::string const& what,
                      base::redactor const& redact) {
    link::failure why;
    why.at = link::step::answer;
    why.peer = answer.peer;
    why.status = answer.status;
    why.what = what + teller_of(answer, redact);
    why.hint = hint_for(answer);
    // Before it is cut, or half a secret could stay at the end.
    auto const content = redact(answer.content);
    if (!is_page(content)) {
        auto const text = base::plain_text(content, shown_text);
        why.what += text.empty() ? "" : ": " + text;
    } else if (answer.status != content_too_large) {
        blame_stranger(why, content);
    }
    why.retryable = link::is_retryable_status(answer.status);
    why.retry_after = answer.retry_after;
    return why;
}

std::optional<api_error> find_api_error(http::response const& answer,
                                        base::redactor const& redact) {
    auto error = parse_api_error(answer.content);
    if (error) {
        error->code = redact(std::move(error->code));
        error->message = redact(std::move(error->message));
    }
    return error;
}

std::optional<link::failure> find_refusal(http::response const& answer,
                                          base::redactor const& redact) {
    if (auto const error = parse_api_error(answer.content)) {
        auto why = refused(answer, "", {});
        why.what = redact(std::string(api_says) + in_words(*error));
        why.of_api = true;
        if (answer.status == unauthorized || answer.status == forbidden) {
            why.hint = "check server_id and api_key in the configuration";
        }
        return why;
    }
    if (answer.status / 100 != 2) {
        return refused(answer, status_text(answer.status), redact);
    }
    return std::nullopt;
}

namespace {

/// A 2xx may have any text (doc/protocol.md, "v1", step 2), but that.
bool is_html(std::string_view content) {
    auto const begins = base::lower(beginning_of(content).substr(0, 9));
    return begins == "<!doctype" || begins.starts_with("<html");
}

} // namespace

std::optional<link::failure> find_refusal_or_page(http::response const& answer,
                                                  base::redactor const& redact) {
    auto why = find_refusal(answer, redact);
    if (!why && is_html(answer.content)) {
        why = refused(answer, "a web page", redact);
    }
    return why;
}

} // namespace trafikito::net::api
