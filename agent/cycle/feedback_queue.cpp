#include "agent/cycle/feedback_queue.hpp"

#include <string>
#include <utility>

namespace trafikito::agent::cycle {

boost::asio::awaitable<void> feedback_queue::send(net::link::steady_time until) {
    auto told = std::exchange(waiting_, {});
    for (auto& what : told) {
        if (!gate_.admit(what.code, time_.steady_now())) {
            continue;
        }
        auto const code = what.code;
        what.message = log_.redacted(what.message);
        what.details = log_.redacted(what.details);
        auto const sent = co_await api_.send_feedback(std::move(what), until);
        log_.debug("error feedback " + std::to_string(code) +
                   (sent ? " sent" : " not sent: " + sent.error().message()));
    }
}

} // namespace trafikito::agent::cycle
