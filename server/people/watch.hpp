#pragma once
// Follows the board and tells those who look: server-sent events (WHATWG HTML, "Server-sent
// events"). Nobody who reads slowly holds up the others, or takes more than his share of memory.

#include "server/people/board.hpp"
#include "server/people/gatekeeper.hpp"
#include "server/people/means.hpp"
#include "server/people/router.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <type_traits>
#include <utility>

namespace trafikito::server::people {

struct watch_limits {
    std::size_t max_viewers = 128;
    std::size_t max_of_one = 16;                     ///< person or program
    std::size_t max_unread = 4UL * 1024 * 1024;      ///< bytes of one; beyond it his stream ends
    std::chrono::milliseconds beat{15'000};          ///< a viewer is sent something that often
    std::chrono::milliseconds pause{1'000};          ///< between two looks, while somebody looks
    std::chrono::milliseconds pause_of_none{10'000}; ///< while nobody does
};

class watch {
public:
    /// `shown` is the reading thread's.
    watch(means with, gatekeeper& gate, board& shown, watch_limits limits = {});
    ~watch();
    watch(watch const&) = delete;
    watch& operator=(watch const&) = delete;

    /// Looks again and again until stop().
    boost::asio::awaitable<void> follow();
    void stop();

    /// What `ask(board&, store&)` returns, of a board that has just looked. Throws store_error.
    template <typename Ask>
    boost::asio::awaitable<std::invoke_result_t<Ask&, board&, store::store&>> ask_board(Ask ask) {
        using result = std::invoke_result_t<Ask&, board&, store::store&>;
        auto both = [this, now = with_.now(), ask = std::move(ask)](store::store& kept) mutable {
            auto found = board_.look(kept, now);
            return std::pair<board::news, result>(std::move(found), ask(board_, kept));
        };
        auto work = with_.reads.run(0, std::move(both));
        auto answer = co_await std::move(work);
        tell(answer.first);
        co_return std::move(answer.second);
    }

    /// GET /api/v1/events
    void add_to(router& routes);

private:
    class viewer;

    answering events(call_ptr what);
    void tell(board::news const& what);
    void say(std::string const& text);

    means with_;
    gatekeeper& gate_;
    board& board_;
    watch_limits limits_;
    boost::asio::steady_timer next_look_;
    std::set<std::shared_ptr<viewer>> viewers_;
    bool stopping_ = false;
};

} // namespace trafikito::server::people
