#pragma once
// What was refused, to whom, how often and since when: what `trafikito-server why` tells of a
// machine that does not report. The API gathers it in memory, the store keeps it. Strangers can
// neither make it grow nor have it written more often than once a minute.

#include "base/wall_clock.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace trafikito::server::store {

struct refusal {
    enum class whose : std::uint8_t {
        server,   ///< its id was given, be it with a wrong key
        stranger, ///< an id that no server has
        address,  ///< nobody's id; `name` is an address_group()
    };

    whose about = whose::server;
    std::string name;
    std::string kind; ///< refused::…, or the code of the answer without its `#`
    std::int64_t times = 1;
    base::wall_time first;
    base::wall_time last;
    std::string address; ///< of the last, without its port
    std::string words;   ///< what the last was told

    friend bool operator==(refusal const&, refusal const&) = default;
};

/// Kinds that are not the code of an answer, or that several codes have in common.
namespace refused {
inline constexpr char const* too_early = "too_early";
inline constexpr char const* told_to_stop = "stop";
inline constexpr char const* clock = "clock";       ///< the time of a late report was not believed
inline constexpr char const* left_out = "left_out"; ///< a report was stored without a part
inline constexpr char const* tls = "tls";           ///< whoever came does not trust our certificate
inline constexpr char const* http = "http";         ///< the listener's own refusal
inline constexpr char const* room = "room";         ///< the listener had no seat in time
inline constexpr char const* wrong_key = "wrong_key";
inline constexpr char const* store = "store";
} // namespace refused

inline constexpr std::size_t max_strangers = 64;           ///< kept; the one that came last stays
inline constexpr std::size_t max_strangers_of_address = 8; ///< of these
inline constexpr std::size_t max_refused_addresses = 64;
inline constexpr std::size_t max_refusal_words = 200; ///< bytes
/// What a server was refused again so much later, when it had reported meanwhile, is another
/// matter.
inline constexpr std::chrono::hours refusal_episode{1};
/// What did not happen again for so long is forgotten.
inline constexpr std::chrono::hours refusal_memory{24 * 30};

} // namespace trafikito::server::store
