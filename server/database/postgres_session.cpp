// The connection to PostgreSQL as such: made, set up, waited for, lost and made again.
#include "server/database/postgres.hpp"

#include "server/database/postgres_failure.hpp"
#include "server/database/postgres_pending.hpp"

#include <libpq-fe.h>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

namespace trafikito::server::database {

namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

std::string in_ms(milliseconds span) {
    return std::to_string(span.count());
}

} // namespace

void postgres::closer::operator()(pg_conn* handle) const {
    PQfinish(handle);
}

postgres::postgres(std::string address, access wanted, postgres_patience patience)
    : address_(std::move(address)), wanted_(wanted), patience_(patience),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (auto const problem = problem_of_address(address_, address_source::environment);
        !problem.empty()) {
        throw error("the address " + problem);
    }
}

postgres::~postgres() = default;

void postgres::interrupt() noexcept {
    interrupted_ = true;
    std::uint64_t const one = 1;
    [[maybe_unused]] auto const written = ::write(wake_.get(), &one, sizeof one);
}

void postgres::drop() noexcept {
    waiting_.clear();
    names_.clear();
    handle_.reset();
    flush_asked_ = true;
}

void postgres::lose(std::string_view why) {
    lose_as("is away", why);
}

void postgres::lose_as(std::string_view how, std::string_view why) {
    why_away_ = "the database " + shown() + ' ' + std::string(how) + ": " + std::string(why);
    for (auto const& one : waiting_) {
        one->done = true;
        one->lost = why_away_;
    }
    drop();
    not_before_ = clock::now() + patience_.between_tries;
    throw away(why_away_);
}

void postgres::lose() {
    lose(std::string(one_line(PQerrorMessage(handle_.get()))));
}

void postgres::wait_for_socket(bool write, clock::time_point end) {
    if (interrupted_) {
        lose("the server is stopping");
    }
    auto const wanted = static_cast<short>(write ? POLLIN | POLLOUT : POLLIN);
    std::array<pollfd, 2> files{{{PQsocket(handle_.get()), wanted, 0}, {wake_.get(), POLLIN, 0}}};
    auto const left = std::chrono::ceil<milliseconds>(end - clock::now());
    int const ready =
        ::poll(files.data(), files.size(), static_cast<int>(std::max<long>(left.count(), 0)));
    if (ready == 0) {
        lose("it did not answer in time");
    }
    if (ready < 0 && errno != EINTR) {
        lose(std::strerror(errno));
    }
}

// A database that was restarted has said goodbye, or its socket is at its end: that is seen before
// the first statement after it would fail for it.
bool postgres::is_open() {
    if (!handle_ || PQstatus(handle_.get()) != CONNECTION_OK) {
        return false;
    }
    static constexpr int looks = 3; // its last words, then the end
    for (int look = 0; look < looks && waiting_.empty(); ++look) {
        pollfd file{PQsocket(handle_.get()), POLLIN, 0};
        if (::poll(&file, 1, 0) <= 0) {
            break;
        }
        if (PQconsumeInput(handle_.get()) == 0 || PQstatus(handle_.get()) != CONNECTION_OK) {
            return false;
        }
    }
    return true;
}

void postgres::require_connection() {
    if (interrupted_) {
        throw error("the database is not asked any more: the server is stopping");
    }
    if (in_transaction_) { // what it did is gone with its connection, and nothing more belongs to
                           // it
        if (!handle_ || PQstatus(handle_.get()) != CONNECTION_OK) {
            throw away(why_away_);
        }
        return;
    }
    if (is_open()) {
        return;
    }
    bool const was_open = handle_ != nullptr;
    drop();
    if (!was_open && clock::now() < not_before_) {
        throw away(why_away_);
    }
    connect();
}

// What stands in the address, behind these, is heard; but for the encoding, without which no text
// would mean the same.
void postgres::connect() {
    auto const end = clock::now() + patience_.connect;
    auto const silent = in_ms(patience_.answer);
    std::array<char const*, 9> const names{"fallback_application_name",
                                           "keepalives_idle",
                                           "keepalives_interval",
                                           "keepalives_count",
                                           "tcp_user_timeout",
                                           "target_session_attrs",
                                           "dbname",
                                           "client_encoding",
                                           nullptr};
    std::array<char const*, 9> const values{"trafikito-server",
                                            "15",
                                            "5",
                                            "3",
                                            silent.c_str(),
                                            wanted_ == access::read_write ? "read-write" : "any",
                                            address_.c_str(),
                                            "UTF8",
                                            nullptr};
    handle_.reset(PQconnectStartParams(names.data(), values.data(), 1));
    if (!handle_) {
        throw std::bad_alloc();
    }
    finish_connecting(end);
    require_version();
    ++session_;
    try {
        set_up_session();
    } catch (away const&) {
        throw;
    } catch (error const& failure) {
        lose(std::string(failure.what()));
    }
}

void postgres::finish_connecting(clock::time_point end) {
    PQsetErrorVerbosity(handle_.get(), PQERRORS_VERBOSE); // for its SQLSTATE
    auto state = PGRES_POLLING_WRITING;
    while (state != PGRES_POLLING_OK) {
        if (PQstatus(handle_.get()) == CONNECTION_BAD || state == PGRES_POLLING_FAILED) {
            auto const failure = failure_of_login(handle_.get());
            lose_as(failure.refused ? "cannot be used" : "cannot be reached", failure.words);
        }
        wait_for_socket(state == PGRES_POLLING_WRITING, end);
        state = PQconnectPoll(handle_.get());
    }
    PQsetErrorVerbosity(handle_.get(), PQERRORS_DEFAULT);
    PQsetnonblocking(handle_.get(), 1);
    PQsetNoticeProcessor(handle_.get(), [](void*, char const*) {}, nullptr);
    if (PQenterPipelineMode(handle_.get()) == 0) {
        lose();
    }
}

// Before the session asks for what an older one does not know (idle_session_timeout).
void postgres::require_version() {
    constexpr int oldest = 140'000;
    if (PQserverVersion(handle_.get()) < oldest) {
        auto const* const version = PQparameterStatus(handle_.get(), "server_version");
        lose_as("cannot be used", "it is PostgreSQL " +
                                      std::string(version == nullptr ? "" : version) +
                                      ", and 14 or newer is needed");
    }
}

// Whatever is usual there: OK means that it is on the disk. A session that stands still, as its
// process does, keeps nobody waiting for long within a transaction, and no lock for ever.
void postgres::set_up_session() {
    static constexpr milliseconds longest_idle_in_transaction{10'000};
    static constexpr milliseconds longest_idle{300'000};
    run_script(
        "SELECT set_config('synchronous_commit', 'on', false) WHERE "
        "current_setting('synchronous_commit') NOT IN ('on', 'remote_apply'); "
        "SET default_transaction_isolation = 'read committed'; SET lock_timeout = " +
        in_ms(patience_.lock) + "; SET statement_timeout = " + in_ms(patience_.answer) +
        "; SET idle_in_transaction_session_timeout = " + in_ms(longest_idle_in_transaction) +
        "; SET idle_session_timeout = " + in_ms(longest_idle) +
        "; SET default_transaction_read_only = " + (wanted_ == access::read_write ? "off" : "on"));
}

} // namespace trafikito::server::database
