#include "net/answer.hpp"

#include "net/plain_text.hpp"

#include <boost/beast/http/status.hpp>

#include <algorithm>

namespace trafikito::net {

namespace {

constexpr std::size_t shortest_secret = 4; ///< a shorter one would blank out half of every text
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

std::optional<std::chrono::milliseconds> time_left(steady_time until, now_function const& now) {
    using std::chrono::milliseconds;
    if (until == no_limit) {
        return std::nullopt;
    }
    return std::max(std::chrono::duration_cast<milliseconds>(until - now()), milliseconds(1));
}

std::string without_secrets(std::string text, std::vector<std::string> const& secrets) {
    constexpr std::string_view blank = "…";
    for (auto const& secret : secrets) {
        if (secret.size() < shortest_secret) {
            continue;
        }
        for (auto at = text.find(secret); at != std::string::npos;
             at = text.find(secret, at + blank.size())) {
            text.replace(at, secret.size(), blank);
        }
    }
    return text;
}

bool is_retryable_status(unsigned status) {
    return status == 408 || status == 429 || status / 100 == 5;
}

failure refused(response const& answer, std::string const& what,
                std::vector<std::string> const& secrets) {
    failure why;
    why.at = step::answer;
    why.peer = answer.peer;
    why.what = what;
    // Before it is cut, or half a secret could stay at the end.
    auto const text = plain_text(without_secrets(answer.content, secrets), shown_text);
    if (!text.empty() && text.front() != '<') {
        why.what += ": " + text;
    }
    why.hint = hint_for(answer.status);
    why.status = answer.status;
    why.retryable = is_retryable_status(answer.status);
    why.retry_after = answer.retry_after;
    return why;
}

std::optional<api_error> find_api_error(response const& answer,
                                        std::vector<std::string> const& secrets) {
    auto error = parse_api_error(answer.content);
    if (error) {
        error->code = without_secrets(std::move(error->code), secrets);
        error->message = without_secrets(std::move(error->message), secrets);
    }
    return error;
}

std::optional<failure> find_refusal(response const& answer,
                                    std::vector<std::string> const& secrets) {
    if (auto const error = parse_api_error(answer.content)) {
        auto why = refused(answer, "", {});
        why.what = without_secrets("the API says " + in_words(*error), secrets);
        return why;
    }
    if (answer.status / 100 != 2) {
        return refused(answer, status_text(answer.status), secrets);
    }
    return std::nullopt;
}

} // namespace trafikito::net
