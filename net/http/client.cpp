#include "net/http/client.hpp"

#include "base/ascii.hpp"
#include "base/plain_text.hpp"
#include "base/units.hpp"
#include "net/http/connection.hpp"
#include "net/http/retry_after.hpp"
#include "net/link/error_text.hpp"
#include "net/link/pin.hpp"
#include "net/link/proxy.hpp"
#include "net/link/step_watch.hpp"
#include "net/link/time_limit.hpp"
#include "net/link/tls.hpp"

#include <boost/asio/error.hpp>
#include <boost/beast/http/field.hpp>

#include <algorithm>
#include <map>
#include <optional>

namespace trafikito::net::http {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr std::size_t max_shown_field = 80; ///< bytes of a header that is shown
constexpr std::size_t max_kept = 4;         ///< connections kept for the next request

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

std::optional<link::failure> unsendable(request const& what) {
    bool const fine = safe_target(what.to.target) && safe_value(what.to.host) &&
                      safe_value(what.content_type) &&
                      std::ranges::all_of(what.headers, [](auto const& header) {
                          return safe_value(header.first) && safe_value(header.second);
                      });
    if (fine) {
        return std::nullopt;
    }
    link::failure why;
    why.at = link::step::address;
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

std::string_view hint_for_silence(link::step at) {
    switch (at) {
    case link::step::resolve:
        return "are the name servers in /etc/resolv.conf reachable?";
    case link::step::connect:
        return "does a firewall stand in between?";
    case link::step::handshake:
        return "does that port speak TLS?";
    case link::step::send:
        return "is the line too slow for a report of that size? request_timeout may be raised";
    default:
        return {};
    }
}

/// No request says that it could be read.
link::failure encoded(link::endpoint const& to, unsigned status, std::string const& coding) {
    link::failure why;
    why.at = link::step::answer;
    why.peer = to.peer();
    why.status = status;
    why.foreign = true;
    why.what = "it is compressed (Content-Encoding: " + coding + ')';
    why.hint = "whatever stands in front of the API must send answers as they are";
    return why;
}

link::failure redirected(link::endpoint const& to, unsigned status, std::string_view location) {
    link::failure why;
    why.at = link::step::answer;
    why.peer = to.peer();
    why.status = status;
    why.foreign = true; // the API sends nobody elsewhere
    // A query or user information may hold what is nobody else's business.
    auto const shown = location.find('@') == std::string_view::npos ? location : "";
    auto const address = base::plain_text(shown.substr(0, shown.find_first_of("?#")), 200);
    why.what = "HTTP " + std::to_string(status);
    if (!address.empty()) {
        why.what += ": it has moved to " + address;
        why.hint = "if that is right, put the new address into the configuration; else a proxy or "
                   "a captive portal answers in the API's place. A key is never sent to where an "
                   "answer points";
    } else {
        why.hint = "the API sends nobody elsewhere: is there a firewall, a proxy or a captive "
                   "portal between?";
    }
    return why;
}

std::unique_ptr<link::tls_side> make_side(link::result<asio::ssl::context>& context,
                                          std::vector<std::string> pins, link::trust in) {
    return std::make_unique<link::tls_side>(std::move(*context), std::move(pins), in);
}

/// What a client is made of once its settings are known to be good.
struct parts {
    std::unique_ptr<link::tls_side> tls;
    std::optional<link::proxy> through;
    std::unique_ptr<link::tls_side> tls_to_proxy; ///< there when the proxy is spoken to over TLS
};

link::result<parts> make_parts(client_settings const& from) {
    parts made;
    auto pins = link::parse_pins(from.pin);
    if (!pins) {
        return pins.error();
    }
    link::tls_settings const of_api{from.ca_file, from.client_cert, from.client_key};
    auto const trusted = link::trust_of(of_api);
    auto context = link::make_tls_context(of_api);
    if (!context) {
        return context.error();
    }
    made.tls = make_side(context, std::move(*pins), trusted);
    if (from.proxy.empty()) {
        return made;
    }
    auto through = link::parse_proxy(from.proxy.reveal());
    if (!through) {
        return through.error();
    }
    made.through = std::move(*through);
    if (made.through->to.tls) {
        // Neither the API's pins nor our certificate are the proxy's business.
        auto to_proxy = link::make_tls_context({from.ca_file, {}, {}});
        if (!to_proxy) {
            return to_proxy.error();
        }
        made.tls_to_proxy = make_side(to_proxy, {}, trusted);
    }
    return made;
}

class keeping_client : public client {
public:
    keeping_client(asio::any_io_executor executor, client_settings const& settings, parts made,
                   link::resolver& names, trace log)
        : executor_(std::move(executor)), request_timeout_(settings.request_timeout),
          no_proxy_(settings.no_proxy), parts_(std::move(made)), names_(names),
          log_(std::move(log)), user_agent_("trafikito-agent/" + settings.version) {}

    asio::awaitable<link::result<response>> send(request what) override {
        if (auto why = unsendable(what)) {
            co_return std::move(*why);
        }
        auto const executor = co_await asio::this_coro::executor;
        link::step_watch watch(executor,
                               std::min(request_timeout_, what.timeout.value_or(request_timeout_)));
        link::progress progress;
        progress.entered = [&watch](link::step next) { watch.enter(next); };
        auto running = run(what, progress);
        auto done = co_await link::unless(std::move(running), watch.expired());
        if (!done) {
            co_return timed_out(what.to, progress, watch.bound());
        }
        co_return std::move(*done);
    }

    void drop_connections() override { kept_.clear(); }

private:
    asio::awaitable<link::result<response>> run(request const& what, link::progress& progress) {
        auto const head = head_of(what, user_agent_);
        if (auto kept = take(what.to)) {
            auto got = co_await kept->exchange(head, what.content, what.max_answer, progress);
            if (!may_repeat(what, got.error, progress)) {
                co_return finish(what, std::move(got), progress, std::move(kept));
            }
            say(what.to.peer() + " had closed the kept connection; connects again");
            progress.sent_whole = false;
        }
        auto opened = co_await open_connection(dialer_for(what.to), what.to, progress);
        if (!opened) {
            auto why = opened.error();
            why.unsent = !progress.sent_any;
            co_return why;
        }
        auto got = co_await (*opened)->exchange(head, what.content, what.max_answer, progress);
        co_return finish(what, std::move(got), progress, std::move(*opened));
    }

    /// Over a kept connection that the peer closed at the same moment, a request that it cannot
    /// have had whole is lost and may be sent once more; one that it had may have been acted upon.
    static bool may_repeat(request const& what, boost::system::error_code error,
                           link::progress const& progress) {
        return error && link::is_hang_up(error) && !progress.answer_began &&
               (!progress.sent_whole || what.repeatable);
    }

    [[nodiscard]] dialer dialer_for(link::endpoint const& to) const {
        bool const direct = !to.tls || link::bypasses_proxy(no_proxy_, to);
        return {executor_,
                names_,
                *parts_.tls,
                direct ? std::nullopt : parts_.through,
                parts_.tls_to_proxy.get(),
                user_agent_,
                log_};
    }

    link::result<response> finish(request const& what, outcome got, link::progress const& progress,
                                  std::unique_ptr<connection> over) {
        if (got.error) {
            auto why = link::failed_at(progress, what.to.peer(), got.error);
            if (!progress.answer_began && why.hint.empty() && over->wanted_certificate()) {
                why.hint = "it asked for a client certificate: set client_cert and client_key";
            }
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
        auto const coding = base::plain_text(got.answer[http::field::content_encoding], 100);
        bool const readable = coding.empty() || base::equals_ignoring_case(coding, "identity");
        if (status / 100 == 2 && !readable) {
            return encoded(what.to, status, coding);
        }
        response answer;
        answer.status = status;
        answer.peer = what.to.peer();
        answer.retry_after =
            retry_after(got.answer[http::field::retry_after], got.answer[http::field::date]);
        answer.features = base::plain_text(got.answer["Trafikito-Features"]);
        answer.min_interval = base::plain_text(got.answer["Trafikito-Min-Interval"], 32);
        answer.server = base::plain_text(got.answer[http::field::server], max_shown_field);
        answer.via = base::plain_text(got.answer[http::field::via], max_shown_field);
        answer.date = parse_http_date(base::trim_white_space(got.answer[http::field::date]));
        answer.content = std::move(got.answer.body());
        return answer;
    }

    [[nodiscard]] static link::failure timed_out(link::endpoint const& to,
                                                 link::progress const& progress,
                                                 std::chrono::milliseconds bound) {
        link::failure why;
        why.at = progress.at;
        why.peer =
            progress.proxy.empty() || progress.at == link::step::proxy ? to.peer() : progress.proxy;
        why.what = "timed out after " + base::in_seconds(bound);
        if (progress.at == link::step::proxy) {
            why.what = "the proxy " + progress.proxy + " " + why.what;
        }
        why.hint = std::string(hint_for_silence(progress.at));
        why.retryable = true;
        why.uncertain = progress.sent_whole;
        why.unsent = !progress.sent_any;
        return link::on_the_way(progress, to.peer(), std::move(why));
    }

    /// The kept connection to that origin, if it is still of use.
    std::unique_ptr<connection> take(link::endpoint const& to) {
        auto const found = kept_.extract(to.origin());
        if (!found) {
            return nullptr;
        }
        auto kept = std::move(found.mapped());
        if (!kept->is_idle()) {
            say(to.peer() + " had closed the kept connection; connects again");
            return nullptr;
        }
        return kept;
    }

    void say(std::string const& line) const {
        if (log_) {
            log_(line);
        }
    }

    asio::any_io_executor executor_;
    std::chrono::milliseconds request_timeout_;
    std::string no_proxy_;
    parts parts_;
    link::resolver& names_;
    trace log_;
    std::string user_agent_;
    std::map<std::string, std::unique_ptr<connection>> kept_; ///< by origin; goes before parts_
};

} // namespace

bool trusts_nobody() {
    return link::trust_of({}) == link::trust::nobody;
}

link::result<std::unique_ptr<client>> make_client(asio::any_io_executor executor,
                                                  client_settings settings, link::resolver& names,
                                                  trace log) {
    auto made = make_parts(settings);
    if (!made) {
        return made.error();
    }
    return std::unique_ptr<client>(std::make_unique<keeping_client>(
        std::move(executor), settings, std::move(*made), names, std::move(log)));
}

} // namespace trafikito::net::http
