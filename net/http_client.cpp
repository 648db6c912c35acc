#include "net/http_client.hpp"

#include "net/connection.hpp"
#include "net/explain.hpp"
#include "net/plain_text.hpp"
#include "net/tls.hpp"
#include "net/within.hpp"

#include <boost/asio/error.hpp>
#include <boost/beast/http/field.hpp>

#include <algorithm>
#include <map>
#include <optional>

namespace trafikito::net {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using std::chrono::steady_clock;

constexpr std::size_t max_kept = 4; ///< connections kept for the next request
constexpr std::chrono::seconds max_retry_after = std::chrono::hours{24};

/// Control characters would end a header's line and begin another one (RFC 9110, 5.5).
bool safe_value(std::string_view text) {
    return std::ranges::none_of(text, [](char c) {
        auto const byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t') || byte == 0x7F;
    });
}

bool safe_target(std::string_view target) {
    return target.starts_with('/') &&
           std::ranges::all_of(target, [](char c) { return c > ' ' && c < '\x7F'; });
}

std::optional<failure> unsendable(request const& what) {
    bool const fine = safe_target(what.to.target) && safe_value(what.to.host) &&
                      safe_value(what.content_type) &&
                      std::ranges::all_of(what.headers, [](auto const& header) {
                          return safe_value(header.first) && safe_value(header.second);
                      });
    if (fine) {
        return std::nullopt;
    }
    failure why;
    why.at = step::address;
    why.peer = what.to.peer();
    why.what = "the address or a header has characters that no request can carry";
    why.hint = "look for stray characters in the configuration, in api_key first";
    return why;
}

std::string head_of(request const& what, std::string const& user_agent) {
    std::string head = "POST " + what.to.target + " HTTP/1.1\r\n";
    auto const add = [&](std::string_view name, std::string_view value) {
        head += name;
        head += ": ";
        head += value;
        head += "\r\n";
    };
    add("Host", what.to.host_header());
    add("User-Agent", user_agent);
    add("Accept", "*/*");
    for (auto const& [name, value] : what.headers) {
        add(name, value);
    }
    add("Content-Length", std::to_string(what.content.size()));
    if (!what.content_type.empty()) {
        add("Content-Type", what.content_type);
    }
    return head + "\r\n";
}

std::chrono::seconds seconds_in(std::string_view text) {
    std::chrono::seconds value{0};
    for (char const c : trim(text)) {
        if (c < '0' || c > '9') {
            return std::chrono::seconds{0};
        }
        value = std::min(value * 10 + std::chrono::seconds{c - '0'}, max_retry_after);
    }
    return value;
}

bool is_temporary(boost::system::error_code error) {
    return error.category() != http::make_error_code(http::error::bad_version).category() ||
           error == http::error::partial_message || error == http::error::end_of_stream;
}

failure redirected(endpoint const& to, unsigned status, std::string_view location) {
    failure why;
    why.at = step::answer;
    why.peer = to.peer();
    why.status = status;
    auto const address = plain_text(location.substr(0, location.find('?')), 200);
    why.what = "HTTP " + std::to_string(status);
    if (!address.empty()) {
        why.what += ": it has moved to " + address;
        why.hint = "if that is right, put the new address into the configuration; a key is never "
                   "sent to where an answer points";
    }
    return why;
}

std::string duration_text(std::chrono::milliseconds duration) {
    auto const whole = std::chrono::round<std::chrono::seconds>(duration);
    return whole == duration || whole >= std::chrono::seconds{10}
               ? std::to_string(whole.count()) + " s"
               : std::to_string(duration.count()) + " ms";
}

class client : public http_client {
public:
    client(asio::any_io_executor executor, http_settings settings, asio::ssl::context tls,
           resolver& names, trace log)
        : settings_(std::move(settings)), tls_(std::move(tls)), log_(std::move(log)),
          dialer_{std::move(executor), names, tls_, !settings_.ca_file.empty(), log_},
          user_agent_("trafikito-agent/" + settings_.version) {}

    asio::awaitable<result<response>> send(request what) override {
        if (auto why = unsendable(what)) {
            co_return std::move(*why);
        }
        progress far;
        auto const deadline = steady_clock::now() + limit_of(what);
        auto done = co_await within(run(what, deadline, far), deadline);
        if (!done) {
            co_return timed_out(what, far);
        }
        co_return std::move(*done);
    }

    void drop_connections() override { kept_.clear(); }

private:
    [[nodiscard]] std::chrono::milliseconds limit_of(request const& what) const {
        return std::min(settings_.request_timeout,
                        what.timeout.value_or(settings_.request_timeout));
    }

    asio::awaitable<result<response>> run(request const& what, steady_clock::time_point deadline,
                                          progress& far) {
        auto const head = head_of(what, user_agent_);
        if (auto kept = take(what.to.origin())) {
            auto got = co_await kept->exchange(head, what.content, what.max_answer, far);
            bool const cancelled = got.error == asio::error::operation_aborted;
            if (!got.error || far.answer_began || cancelled) {
                co_return finish(what, std::move(got), far, std::move(kept));
            }
            say(what.to.peer() + " had closed the kept connection; connects again");
            far = {};
        }
        auto opened = co_await open_connection(dialer_, what.to, deadline, far);
        if (!opened) {
            co_return timed_out_or(opened.error(), what, deadline);
        }
        auto got = co_await (*opened)->exchange(head, what.content, what.max_answer, far);
        co_return finish(what, std::move(got), far, std::move(*opened));
    }

    result<response> finish(request const& what, outcome got, progress const& far,
                            std::unique_ptr<connection> over) {
        if (got.error) {
            auto why = failed_at(far, what.to.peer(), got.error);
            why.retryable = is_temporary(got.error);
            return why;
        }
        if (got.keep_alive && kept_.size() < max_kept) {
            kept_[what.to.origin()] = std::move(over);
        }
        auto const status = got.answer.result_int();
        say(what.to.peer() + " answered HTTP " + std::to_string(status) + ", " +
            std::to_string(got.answer.body().size()) + " bytes");
        if (status / 100 == 3) {
            return redirected(what.to, status, got.answer[http::field::location]);
        }
        response answer;
        answer.status = status;
        answer.peer = what.to.peer();
        answer.retry_after = seconds_in(got.answer[http::field::retry_after]);
        answer.features = plain_text(got.answer["Trafikito-Features"]);
        answer.content = std::move(got.answer.body());
        return answer;
    }

    [[nodiscard]] failure timed_out(request const& what, progress const& far) const {
        failure why;
        why.at = far.at;
        why.peer = what.to.peer();
        why.what = "timed out after " + duration_text(limit_of(what));
        if (far.at == step::resolve) {
            why.hint = "are the name servers in /etc/resolv.conf reachable?";
        } else if (far.at == step::connect) {
            why.hint = "does a firewall stand in between?";
        } else if (far.at == step::handshake) {
            why.hint = "does that port speak TLS?";
        }
        why.retryable = true;
        return why;
    }

    /// connect gives up at the deadline by itself, a hair before or after within() does.
    [[nodiscard]] failure timed_out_or(failure why, request const& what,
                                       steady_clock::time_point deadline) const {
        if (why.at == step::connect && steady_clock::now() >= deadline) {
            return timed_out(what, progress{.at = step::connect});
        }
        return why;
    }

    std::unique_ptr<connection> take(std::string const& origin) {
        auto const found = kept_.extract(origin);
        return found ? std::move(found.mapped()) : nullptr;
    }

    void say(std::string const& line) const {
        if (log_) {
            log_(line);
        }
    }

    http_settings settings_;
    asio::ssl::context tls_;
    trace log_;
    dialer dialer_;
    std::string user_agent_;
    std::map<std::string, std::unique_ptr<connection>> kept_; ///< by origin
};

} // namespace

result<std::unique_ptr<http_client>> make_http_client(asio::any_io_executor executor,
                                                      http_settings settings, resolver& names,
                                                      trace log) {
    auto tls = make_tls_context(settings.ca_file);
    if (!tls) {
        return tls.error();
    }
    return std::unique_ptr<http_client>(std::make_unique<client>(
        std::move(executor), std::move(settings), std::move(*tls), names, std::move(log)));
}

} // namespace trafikito::net
