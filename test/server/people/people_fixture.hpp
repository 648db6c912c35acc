#pragma once
// What people and programs ask, over a store in a directory of its own, with clocks that stand
// until a test moves them, an administrator `ada` and a reader `bob`. It has cookies, as a browser
// would.

#include "server/people/service.hpp"
#include "test/server/api/api_fixture.hpp"

#include <boost/json/value.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace trafikito::test {

inline constexpr std::string_view adas_password = "correct horse battery";
inline constexpr std::string_view bobs_password = "a password of bob";

/// One that keeps the cookies that it is sent, and asks from one address.
class people_browser {
public:
    /// `own`: it sends what the page sends.
    explicit people_browser(std::string address = "192.0.2.1", bool own = true)
        : address_(std::move(address)), own_(own) {}

    [[nodiscard]] server::http::request request(std::string method, std::string target,
                                                std::string body) const;
    void take(server::http::response const& answer);

    std::map<std::string, std::string> cookies;
    server::http::header_fields further; ///< sent with each request

private:
    std::string address_;
    bool own_;
};

struct people_fixture : api_fixture {
    people_fixture();

    server::http::response ask(people_browser& from, std::string method, std::string target,
                               std::string const& body = "");
    server::http::response ask(server::http::request from);
    /// Several at once.
    std::vector<server::http::response> ask_together(std::vector<server::http::request> all);
    /// By a token of that role.
    server::http::response ask(server::people::role as, std::string method, std::string target,
                               std::string const& body = "");
    server::http::response log_in(people_browser& from, std::string_view name,
                                  std::string_view password);
    /// A browser that is logged in.
    people_browser logged_in(std::string_view name = "ada");
    std::string token_of(server::people::role role);

    std::chrono::steady_clock::time_point steady{std::chrono::hours(1)};
    server::store::store read;
    server::store::store_thread reads;
    int servers_changes = 0; ///< how often somebody said that they changed
    server::people::service shows;
};

/// The body as JSON; null when it is none.
boost::json::value json_of(server::http::response const& answer);
/// `unauthorized` and the like; empty when it is no error.
std::string code_of(server::http::response const& answer);
/// The value of the first header of that name; empty when there is none.
std::string header_of(server::http::response const& answer, std::string_view name);

} // namespace trafikito::test
