#pragma once
// Connections that come and wait and have seats, at a time that a test sets.

#include "server/http/admission.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace trafikito::test {

struct admission_fixture {
    using admission = server::http::admission;
    using connection_id = server::http::connection_id;
    static constexpr std::size_t large = admission::small_body + 1;

    admission::time_point now{};
    server::http::admission_limits limits{.max_seats = 3,
                                          .max_waiting = 4,
                                          .max_bodies = 3 * large,
                                          .patience_with_few = std::chrono::seconds(2),
                                          .patience_with_many = std::chrono::milliseconds(500),
                                          .patience_with_known = std::chrono::seconds(5)};
    admission who{limits};

    connection_id enter(std::string const& address = "a") {
        return who.enter(address + ":1", address, now);
    }
    std::optional<admission::seating> seat(connection_id id) {
        who.wait_for_seat(id, now);
        return who.seat_one(now);
    }
    /// With a seat, which has to be free.
    connection_id seated(std::string const& address = "a") {
        auto const id = enter(address);
        auto const given = seat(id);
        BOOST_REQUIRE(given.has_value());
        BOOST_TEST(given->seated == id);
        BOOST_TEST(!given->cut.has_value());
        return id;
    }
    connection_id known(std::string const& sender, std::string const& address = "a") {
        auto const id = seated(address);
        who.recognise(id, sender, now);
        return id;
    }
};

} // namespace trafikito::test
