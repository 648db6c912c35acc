// values.conf while serve serves: looked at every few seconds, on the store thread, which takes
// values by it.
#include "server/cli/hosting.hpp"

#include "base/spawn.hpp"

#include <utility>

namespace trafikito::server::cli {

// Before anybody is served: there is no other thread yet.
void hosting::begin_with_rules() {
    if (auto rules = rules_.look(log_)) {
        api_.use(std::move(rules));
    }
}

boost::asio::awaitable<void> hosting::look_after_rules() {
    if (std::exchange(looking_at_rules_, true)) {
        co_return; // still at it
    }
    struct done {
        bool& looking;
        ~done() { looking = false; }
    } const later{looking_at_rules_};
    auto look = [this](store::store& /*kept*/) { return rules_.look(background_); };
    auto work = store_.run(0, std::move(look));
    auto rules = co_await std::move(work);
    if (rules) {
        api_.use(std::move(rules));
    }
}

} // namespace trafikito::server::cli
