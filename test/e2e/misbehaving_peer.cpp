#include "test/e2e/misbehaving_peer.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>

namespace trafikito::test {

namespace {

namespace asio = boost::asio;
using deed = asio::awaitable<bool>;

bool is_order(std::string const& request) {
    return request.starts_with("POST /v1/agent/get ") ||
           request.starts_with("POST /v2/agent/get_config ");
}

bool is_report(std::string const& request) {
    return request.starts_with("POST /v1/agent/output") ||
           request.starts_with("POST /v2/agent/save_output");
}

bool is_occasion(occasion when, std::string const& request) {
    return (when == occasion::order && is_order(request)) ||
           (when == occasion::report && is_report(request));
}

} // namespace

std::string good_order(int version) {
    return version == 1 ? std::string(call_token) + ",trafikito_one"
                        : std::string(call_token) + " one 55 0";
}

std::string http_answer(std::string const& status, std::string const& content,
                        std::string const& head) {
    return "HTTP/1.1 " + status + "\r\n" + head +
           "Content-Length: " + std::to_string(content.size()) + "\r\n\r\n" + content;
}

misdeed answers(std::string bytes) {
    return [bytes](conversation& with, std::string) -> deed {
        co_await with.write(bytes);
        co_return true;
    };
}

misdeed answers_and_leaves(std::string bytes) {
    return [bytes](conversation& with, std::string) -> deed {
        co_await with.write(bytes);
        co_await with.shut_down();
        co_return false;
    };
}

misdeed answers_and_waits(std::string bytes) {
    return [bytes](conversation& with, std::string) -> deed {
        co_await with.write(bytes);
        co_await with.stay_silent();
        co_return false;
    };
}

misdeed never_ends(std::string bytes, std::string piece) {
    return [bytes, piece](conversation& with, std::string) -> deed {
        co_await with.write(bytes);
        for (;;) {
            co_await with.write(piece);
        }
    };
}

misdeed drips(std::string bytes) {
    return [bytes](conversation& with, std::string) -> deed {
        asio::steady_timer timer(co_await asio::this_coro::executor);
        for (char const byte : bytes) {
            co_await with.write(std::string(1, byte));
            timer.expires_after(std::chrono::milliseconds{100});
            co_await timer.async_wait(asio::use_awaitable);
        }
        co_return true;
    };
}

misdeed resets() {
    return [](conversation& with, std::string) -> deed {
        with.reset();
        co_return false;
    };
}

scripted_peer::script misbehaving(way how, int version) {
    auto const shared = std::make_shared<way const>(std::move(how));
    auto const ordered = std::make_shared<bool>(false);
    return [shared, version, ordered](conversation& with, unsigned) -> asio::awaitable<void> {
        auto const& one = *shared;
        bool on = true;
        if (one.when == occasion::connection || (one.when == occasion::unread_report && *ordered)) {
            on = co_await one.does(with, {});
        }
        while (on) {
            auto const request = co_await with.read_request();
            if (is_occasion(one.when, request)) {
                on = co_await one.does(with, request);
            } else if (is_order(request)) {
                *ordered = true;
                co_await with.write(ok_answer(good_order(version)));
                if (one.when == occasion::unread_report) {
                    on = co_await one.does(with, {});
                }
            } else {
                co_await with.write(ok_answer("OK"));
            }
        }
    };
}

} // namespace trafikito::test
