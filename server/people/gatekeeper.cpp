#include "server/people/gatekeeper.hpp"

#include "base/ascii.hpp"
#include "base/spawn.hpp"
#include "server/people/answers.hpp"
#include "server/people/cookies.hpp"

#include <exception>
#include <utility>

namespace trafikito::server::people {

namespace {

namespace asio = boost::asio;

constexpr std::string_view bearer = "bearer ";
constexpr std::size_t max_token = 512;

/// Who it is, and whether it is time to write down that he was here.
struct known {
    caller who;
    bool is_to_be_noted = false;
};

bool is_worth_noting(std::optional<base::wall_time> last, base::wall_time now) {
    return !last || now - *last >= store::use_written || *last > now;
}

known person_by(store::store& kept, security::digest const& cookie) {
    auto const now = kept.now();
    auto const found = kept.find_session(cookie);
    if (!found || !is_live(*found, now)) {
        return {};
    }
    known one;
    one.who.what = caller::kind::person;
    one.who.role = found->role;
    one.who.person = found->person;
    one.who.name = found->name;
    one.who.credential = cookie;
    one.who.ends = end_of(*found);
    one.is_to_be_noted = is_worth_noting(found->seen, now);
    return one;
}

known program_by(store::store& kept, security::digest const& token) {
    auto const now = kept.now();
    auto const found = kept.find_api_token(token);
    if (!found || !is_live(*found, now)) {
        return {};
    }
    known one;
    one.who.what = caller::kind::program;
    one.who.role = found->role;
    one.who.name = found->name;
    one.who.credential = token;
    one.who.ends = found->ends;
    one.is_to_be_noted = is_worth_noting(found->used, now);
    return one;
}

} // namespace

asio::awaitable<caller> gatekeeper::look(request_ptr from) {
    // Whoever shows a token is that program, also when a browser adds its cookie.
    auto const key = http::find_header(*from, "Authorization");
    if (!key.empty()) {
        auto const scheme = key.substr(0, bearer.size());
        if (!base::equals_ignoring_case(scheme, bearer) || key.size() > max_token) {
            co_return caller{};
        }
        auto work = find(caller::kind::program, security::sha256(key.substr(bearer.size())));
        auto who = co_await std::move(work);
        co_return who;
    }
    auto const cookie = cookie_in(*from, session_cookie);
    if (cookie.empty()) {
        co_return caller{};
    }
    auto work = find(caller::kind::person, security::sha256(cookie));
    auto who = co_await std::move(work);
    co_return who;
}

asio::awaitable<caller> gatekeeper::find(caller::kind what, security::digest credential) {
    bool const is_program = what == caller::kind::program;
    auto ask = [is_program, credential](store::store& kept) {
        return is_program ? program_by(kept, credential) : person_by(kept, credential);
    };
    auto work = with_.reads.run(0, std::move(ask));
    auto found = co_await std::move(work);
    if (found.is_to_be_noted) {
        note_use(found.who);
    }
    co_return std::move(found.who);
}

asio::awaitable<bool> gatekeeper::still_valid(caller who) {
    if (who.what == caller::kind::nobody) {
        co_return false;
    }
    auto work = find(who.what, who.credential);
    auto const now = co_await std::move(work);
    co_return now.what == who.what&& now.person == who.person&& now.role == who.role;
}

// Nobody waits for it, and a database that cannot write keeps nobody from looking.
void gatekeeper::note_use(caller const& who) {
    bool const is_program = who.what == caller::kind::program;
    auto write = [is_program, credential = who.credential](store::store& kept) {
        return is_program ? kept.api_token_used(credential) : kept.session_seen(credential);
    };
    base::spawn(with_.serving, with_.writes.run(0, std::move(write)),
                [&log = with_.log](std::exception_ptr const& thrown, bool) {
                    std::string problem;
                    try {
                        if (thrown) {
                            std::rethrow_exception(thrown);
                        }
                    } catch (std::exception const& failed) {
                        problem = std::string("cannot be written down: ") + failed.what();
                    }
                    log.on_change(base::severity::warning, "when people were here last", problem);
                });
}

void gatekeeper::require_own_origin(http::request const& from) {
    auto const origin = http::find_header(from, "Origin");
    auto const host = http::find_header(from, "Host");
    auto const site = http::find_header(from, "Sec-Fetch-Site");
    bool const other_origin =
        !origin.empty() &&
        !base::equals_ignoring_case(origin, std::string("https://") + std::string(host));
    if (other_origin || (!site.empty() && site != "same-origin")) {
        throw failure(forbidden, "This was sent by another site.");
    }
}

void gatekeeper::require_own_page(http::request const& from) {
    require_own_origin(from);
    if (http::find_header(from, "X-Trafikito-Request") != "1") {
        throw failure(forbidden, "This was not sent by the page: X-Trafikito-Request is missing.");
    }
}

} // namespace trafikito::server::people
