#pragma once
// How people come in and go out: log-in by password or by a link, log-out, a new password. It has
// the thread that hashes passwords, and counts guesses. It logs who fails, and never what was
// typed.

#include "server/http/incidents.hpp"
#include "server/people/front.hpp"
#include "server/people/means.hpp"
#include "server/people/surroundings.hpp"
#include "server/security/guesses.hpp"
#include "server/security/passwords.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace trafikito::server::people {

inline constexpr std::size_t longest_link = 128;
inline constexpr std::chrono::seconds hasher_pause{2};

/// Taken out of the body, in which it is overwritten. Throws failure 400.
security::wiped_text password_in(boost::json::object& body, std::string_view name);

class entrance {
public:
    /// `gate` outlives this, and this all that it puts in.
    entrance(means with, surroundings_ptr around, gatekeeper& gate);

    void add_to(router& to);

    /// Once in a few seconds.
    void tick(std::chrono::steady_clock::time_point now) { failed_.tick(now); }

    /// For tests: their steady clock.
    void use(std::function<std::chrono::steady_clock::time_point()> clock) {
        steady_ = std::move(clock);
    }

private:
    /// The secrets of a browser that comes in.
    struct browser {
        std::string session;
        std::string device;         ///< that it had before, or a new one
        std::string former_session; ///< empty: none
    };
    struct arrival;
    struct guess {
        std::string address;
        std::string account;
        std::string device; ///< empty: none that is known

        [[nodiscard]] security::guesses::guess view() const { return {address, account, device}; }
    };

    answering log_in(call_ptr what);
    answering log_in_by_password(call_ptr what, std::string name, security::wiped_text password);
    answering log_in_by_link(call_ptr what, std::string link);
    answering who_am_i(call_ptr what);
    answering log_out(call_ptr what);

    // new_password.cpp
    answering look_at_link(call_ptr what);
    answering change_password(call_ptr what);
    answering set_by_link(call_ptr what, security::digest link, security::wiped_text wanted);
    answering set_by_current(call_ptr what, security::wiped_text current,
                             security::wiped_text wanted);
    boost::asio::awaitable<std::string> hash_of(security::wiped_text password);
    void say(store::session const& whose, std::string_view address);

    /// Throws failure 429 when it comes too soon after too many others.
    void require_patience(security::guesses::guess const& one);
    boost::asio::awaitable<bool> is_right(std::optional<std::string> hash,
                                          security::wiped_text password, guess one);

    static browser browser_of(http::request const& from);
    static store::session bring_in(store::store& kept, std::int64_t person, browser const& where);
    [[nodiscard]] http::response welcome(store::session const& made, browser const& where) const;
    [[nodiscard]] boost::json::object session_of(caller const& who) const;

    means with_;
    surroundings_ptr around_;
    gatekeeper& gate_;
    security::password_hasher hasher_;
    security::guesses guesses_;
    http::incidents failed_;
    std::function<std::chrono::steady_clock::time_point()> steady_ = std::chrono::steady_clock::now;
};

} // namespace trafikito::server::people
