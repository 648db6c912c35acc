#include "net/api/answer.hpp"

#include "base/plain_text.hpp"

#include <boost/beast/http/status.hpp>

#include <algorithm>

namespace trafikito::net::api {

namespace {

constexpr std::size_t shown_text = 200;

std::string status_text(unsigned status) {
    namespace http = boost::beast::http;
    std::string text = "HTTP " + std::to_string(status);
    if (auto const known = http::int_to_status(status); known != http::status::unknown) {
        text += ' ';
        text += std::string_view(http::obsolete_reason(known));
    }
    return text;
}

std::string hint_for(unsigned status) {
    switch (status) {
    case 401:
    case 403:
        return "check server_id and api_key in the configuration";
    case 404:
    case 405:
        return "check the address in the configuration";
    case 413:
        return "the API takes no report of that size; make max_report smaller";
    default:
        return {};
    }
}

} // namespace

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
    why.what = what;
    // Before it is cut, or half a secret could stay at the end.
    auto const text = base::plain_text(redact(answer.content), shown_text);
    if (!text.empty() && text.front() != '<') {
        why.what += ": " + text;
    }
    why.hint = hint_for(answer.status);
    why.status = answer.status;
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
        why.what = redact("the API says " + in_words(*error));
        return why;
    }
    if (answer.status / 100 != 2) {
        return refused(answer, status_text(answer.status), redact);
    }
    return std::nullopt;
}

} // namespace trafikito::net::api
