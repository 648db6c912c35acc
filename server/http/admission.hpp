#pragma once
// Who may be connected, how much memory the bodies of their requests may claim, and who has to go
// when room is short. The listener asks it. It never touches a socket or a clock: whoever is to go
// is named, and the asker closes that connection.
//
// A connection is silent until its first byte, which costs next to nothing; then it waits for a
// seat, of which there are few; with a seat it is unknown until a request of its showed a right
// key, and known from then on. Unknown ones have to go before known ones, those of an address that
// holds many before those of one that holds few, and of these the one that came first: nothing that
// it does but showing a key makes it younger. Behind one address may stand many machines, so no
// known connection has to go for its address; but a key is one machine's, and one that holds more
// connections than a machine needs is no better than an unknown one.
//
// Unknown ones never hold more than some of the seats, however many there are: these are for
// machines, of whom one that waits for its next minute costs little.
//
// Who downloads for minutes shows no key. A few such keep their seats, so that where machines have
// all of them another one can still be installed.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace trafikito::server::http {

/// Names one connection for as long as the process runs: none is given twice.
using connection_id = std::uint64_t;

struct admission_limits {
    std::size_t max_seats;   ///< connections that have TLS, a request, an answer
    std::size_t max_waiting; ///< silent ones, and those that wait for a seat
    std::size_t max_bodies;  ///< bytes that all bodies together may claim
    /// A seat is left to its connection for as long: when its address holds a few unknown ones, and
    /// when it holds more, or its sender many known ones; when it is known and silent.
    std::chrono::milliseconds patience_with_few;
    std::chrono::milliseconds patience_with_many;
    std::chrono::milliseconds patience_with_known;
};

class admission {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// Bodies up to this size are always taken: a server full of large ones still answers what is
    /// asked most.
    static constexpr std::size_t small_body = 64UL * 1024;
    /// Unknown connections of one address that are not many yet, and known ones of one sender.
    static constexpr std::size_t few = 8;
    static constexpr std::size_t few_of_a_sender = 4;
    /// From so many on a fifth of the patience has to do: others of their address wait behind them.
    static constexpr std::size_t hundreds = 64;
    /// All unknown ones together.
    static constexpr std::size_t max_unknown = 1024;
    /// One seat of so many may be kept for a download, at most these, and as many of one address.
    static constexpr std::size_t seats_for_a_download = 32;
    static constexpr std::size_t max_downloads = 16;
    static constexpr std::size_t max_downloads_of_an_address = 2;
    /// An address from which a key was shown may hold as many more, for so long.
    static constexpr std::size_t bonus = 8;
    static constexpr std::chrono::hours bonus_lasts{24};

    struct verdict {
        bool granted = true;
        /// Who has to go. The asker closes that connection and calls leave() once it has ended; it
        /// counts as gone from now on.
        std::optional<connection_id> cut;
    };

    explicit admission(admission_limits limits);

    /// From now on; who is in already stays.
    void set_room(std::size_t seats, std::size_t waiting) {
        limits_.max_seats = seats;
        limits_.max_waiting = waiting;
    }

    /// Whether one more connection may be taken.
    verdict may_enter();
    /// So many that have spoken may wait: more would wait in vain.
    static constexpr std::size_t max_queue = 512;
    /// The same of one whose address is known by now; for it one of those that wait has to go whose
    /// address held more.
    verdict may_wait(std::string const& address, time_point now);
    /// Whether one may come in, and nobody has to go for it.
    [[nodiscard]] bool has_room() const { return waiting_ < limits_.max_waiting; }
    /// The silent one that has to go first; nothing when none is silent.
    std::optional<connection_id> cut_silent();
    /// A connection was taken. `peer` says who it is, for the log; `address` is what all
    /// connections of its kind have in common.
    connection_id enter(std::string peer, std::string address, time_point now);
    /// Its real peer became known (from a proxy).
    void rename(connection_id id, std::string peer, std::string address);
    /// The connection has ended. Its claim ends with it.
    void leave(connection_id id);

    /// Its first byte has come. How many its address holds by now says when it has its turn.
    void wait_for_seat(connection_id id, time_point now);
    [[nodiscard]] bool somebody_waits() const { return !queue_.empty(); }
    /// Gives a seat to one of those that wait for one, of the address that holds fewest, and of
    /// several to the one that came last, for the others may wait in vain already: which, and who
    /// has to go for it. Nothing when nobody waits or no seat can be had.
    struct seating {
        connection_id seated;
        std::optional<connection_id> cut;
    };
    std::optional<seating> seat_one(time_point now);
    /// Gives it a seat before its turn, if one is free.
    bool seat(connection_id id, time_point now);
    [[nodiscard]] bool seated(connection_id id) const;
    [[nodiscard]] bool waits(connection_id id) const;

    /// It is the client's turn: for a handshake, a request, a body, to read an answer.
    void await(connection_id id, time_point now);
    /// The same between two requests, when nothing is lost: where all seats are taken, a known one
    /// is left its own for no longer than idle_patience.
    void await_request(connection_id id, time_point now);
    static constexpr std::chrono::milliseconds idle_patience{1000};
    /// It has had its last answer, and need only close: where seats are short it has no longer than
    /// close_patience for that.
    void await_close(connection_id id, time_point now);
    static constexpr std::chrono::milliseconds close_patience{250};
    /// It is the server's turn: it cannot have to go.
    void received(connection_id id);
    /// It gets a long answer until end_download(), and keeps its seat if few others do.
    void begin_download(connection_id id);
    void end_download(connection_id id);
    /// A request of its showed the right key of `sender`.
    void recognise(connection_id id, std::string_view sender, time_point now);

    /// Who claims so many times what another would gives way to it at once.
    static constexpr std::size_t far_more = 4;

    /// Whether its body may take that many bytes altogether; its claim until release(). When there
    /// is no room for it, only one that claims a large body itself has to go: an unknown one, then
    /// one whose sender claims far more, then one that has had its time.
    verdict claim(connection_id id, std::size_t bytes, time_point now);
    void release(connection_id id);

    [[nodiscard]] std::string const& peer_of(connection_id id) const;
    [[nodiscard]] std::string const& address_of(connection_id id) const;
    /// Empty as long as it is unknown.
    [[nodiscard]] std::string const& sender_of(connection_id id) const;
    [[nodiscard]] time_point arrival_of(connection_id id) const;

private:
    enum class stage : std::uint8_t { silent, waiting, seated };
    /// Among whom it is looked for, so that who comes costs no look at all that are there.
    enum class list : std::uint8_t {
        none, ///< it is leaving, or known and its seat is not to be had
        silent,
        unknown, ///< with a seat
        many,    ///< known, of a sender that has more than a few
        known,   ///< the others, who stand on `known_`
        waiting, ///< who stand on `queue_`
    };
    struct connection {
        std::string peer;
        std::string address;
        std::string sender;
        stage at = stage::silent;
        list on = list::none;
        std::size_t held = 0; ///< where it stands among known ones, or those that wait
        time_point since;
        bool awaited = true;
        bool leaving = false; ///< was named in a verdict
        bool keeps_seat = false;
        time_point arrived;
        time_point seated_since;
        time_point awaited_since;
        time_point claimed_since;
        std::size_t claimed = 0;
    };
    /// What those have together that come from one address and are unknown, or from one sender.
    struct holding {
        std::size_t connections = 0;
        std::size_t claimed = 0;
        std::optional<time_point> known_at; ///< of an address: a key was shown last
        std::set<connection_id> of_sender;  ///< his connections; of an address none
    };
    /// Who waits: by how many its address held when it began to.
    struct turn {
        std::size_t held;
        connection_id id;

        bool operator<(turn const& other) const {
            return held != other.held ? held < other.held : id > other.id;
        }
    };
    /// How early one has to go; the greatest first.
    struct urgency {
        bool unknown = false;
        std::size_t held = 0;
        time_point since;

        [[nodiscard]] bool before(urgency const& other) const;
    };

    /// Addresses of which a key is remembered while none of their connections is here.
    static constexpr std::size_t max_known_addresses = 16'384;

    holding& holding_of(connection const& one);
    [[nodiscard]] holding const& holding_of(connection const& one) const;
    void join(connection_id id, connection const& one);
    void part(connection_id id, connection const& one);
    [[nodiscard]] list list_of(connection const& one) const;
    void take_off(connection_id id, connection& one);
    /// After whatever may have changed where it stands.
    void put_on(connection_id id, connection& one);
    void put_on_all_of(holding const& held);
    [[nodiscard]] static std::size_t weight_of(holding const& held, time_point now);
    [[nodiscard]] std::size_t weight_of(connection const& one, time_point now) const;
    [[nodiscard]] bool has_had_its_time(connection const& one, std::size_t held,
                                        time_point now) const;
    [[nodiscard]] std::set<connection_id> const& on(list which) const {
        return lists_.at(static_cast<std::size_t>(which));
    }
    [[nodiscard]] bool is_full() const {
        return seats_taken_ >= limits_.max_seats || on(list::unknown).size() >= max_unknown;
    }
    void take_seat(connection_id id, time_point now);
    std::optional<connection_id> cut_unknown(time_point now);
    std::optional<connection_id> cut_known(time_point now);
    template <typename Among, typename MayGo, typename Urgency>
    std::optional<connection_id> name_first(Among const& among, MayGo may_go, Urgency urgency_of);
    std::optional<connection_id> name(connection_id id);
    void count_out(connection_id id, connection const& one);

    admission_limits limits_;
    std::map<connection_id, connection> connections_;
    std::unordered_map<std::string, holding> addresses_;
    std::unordered_map<std::string, holding> senders_;
    std::array<std::set<connection_id>, 4> lists_; ///< by `list`
    std::set<turn> queue_;
    /// By how many its sender has; the one that is awaited longest comes first.
    std::array<std::set<std::pair<time_point, connection_id>>, few_of_a_sender + 1> known_;
    connection_id next_id_ = 1;
    // Those that are leaving are not counted in any of them.
    std::size_t waiting_ = 0; ///< silent ones too
    std::size_t seats_taken_ = 0;
    std::size_t claimed_ = 0;
    std::size_t seats_cut_ = 0; ///< of those that are leaving: their memory is not free yet
};

} // namespace trafikito::server::http
