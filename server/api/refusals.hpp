#pragma once
// What was refused since it was last written down, added up. The service notes here and hands it to
// the store, at most once a minute. Bounded: of servers by how many there are, of strangers and
// addresses here. It never says that nothing was refused: what does not fit is left out.

#include "base/wall_clock.hpp"
#include "server/store/refusal.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace trafikito::server::api {

class refusals {
public:
    using time_point = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::seconds pause{60};
    static constexpr std::size_t max_stranger_id = 64; ///< bytes

    /// `one.times` more. A stranger's id that is no plain text of at most 64 bytes is not noted.
    void note(store::refusal one);

    /// Whether there is something, and the last was taken a minute ago or was never.
    [[nodiscard]] bool due(time_point now) const;

    /// All of it; the next minute begins.
    std::vector<store::refusal> take(time_point now);

    /// What was taken could not be written: it waits for the next time.
    void put_back(std::vector<store::refusal> const& all);

private:
    using key = std::tuple<store::refusal::whose, std::string, std::string>;

    [[nodiscard]] bool has_room_for(store::refusal const& one) const;

    std::map<key, store::refusal> noted_;
    std::size_t strangers_ = 0;
    std::size_t addresses_ = 0;
    std::optional<time_point> taken_;
};

} // namespace trafikito::server::api
