// What serve does once in a while, beside serving.
#include "server/cli/hosting.hpp"

#include "base/units.hpp"
#include "server/cli/data_directory.hpp"
#include "server/security/credentials.hpp"
#include "server/security/private_files.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <utility>

namespace trafikito::server::cli {

namespace asio = boost::asio;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
// Changed certificates are noticed, and old reports go, at the latest after this.
constexpr std::chrono::minutes look_pause{1};
constexpr int looks_between_words = 60; ///< what was deleted is said once an hour

} // namespace

asio::awaitable<void> hosting::keep_house() {
    for (int count = 1; !stopping_; ++count) {
        next_look_.expires_after(look_pause);
        co_await next_look_.async_wait(as_result);
        if (stopping_) {
            break;
        }
        // Each by itself: none is left out because another one fails.
        start(look_after_files(), "looking after private files");
        start(look_after_certificates(), "looking after certificates");
        start(look_after_identity(), "looking after what all servers have in common");
        start(look_after_old_reports(), "looking after old reports");
        start(tidy(), "deleting old reports");
        log_.on_change(base::severity::warning, "packing", packer_->fault());
        if (count % looks_between_words == 0) {
            auto ask = [](store::store& kept) { return kept.take_deletions(); };
            auto work = store_.run(0, std::move(ask));
            auto const gone = co_await std::move(work);
            say_what_went(gone);
        }
    }
}

// On the store thread, as what follows: it asks the disk.
asio::awaitable<void> hosting::look_after_files() {
    auto look = [this](store::store& /*kept*/) {
        security::secure_data_files(what_.options.data, background_);
        return true;
    };
    auto work = store_.run(0, std::move(look));
    co_await std::move(work);
}

asio::awaitable<void> hosting::look_after_certificates() {
    auto look = [this](store::store& /*kept*/) {
        news found;
        look_for_certificate(found);
        // Who installs is told of the key that is shown from now on.
        found.offered =
            found.certificate ? offers_.make(shown_now()) : offers_.make_if_outdated(shown_now());
        return found;
    };
    auto work = store_.run(0, std::move(look));
    auto const found = co_await std::move(work);
    take(found);
}

// After certificates, of which one may just have been made anew.
asio::awaitable<void> hosting::look_after_identity() {
    if (what_.shared == nullptr) {
        co_return;
    }
    auto look = [this](store::store& /*kept*/) {
        news found;
        if (what_.shared->look(false, system_now(), background_)) {
            found.user_key = security::read_user_key(what_.options.data);
        }
        found.offered = offers_.make_if_outdated(shown_now());
        return found;
    };
    auto work = store_.run(0, std::move(look));
    auto const found = co_await std::move(work);
    take(found);
}

void hosting::look_for_certificate(news& found) {
    found.certificate = what_.certificates.look(system_now(), background_);
    if (found.certificate) {
        what_.certificate = *found.certificate;
    }
}

asio::awaitable<void> hosting::look_after_old_reports() {
    auto look = [this](store::store& kept) {
        if (auto const words = kept.take_clock_news()) {
            background_.warning(*words);
        }
        kept.forget_ended_sessions();
        return kept.forget_ended_tokens();
    };
    auto work = store_.run(0, std::move(look));
    auto const removed = co_await std::move(work);
    if (removed != 0) {
        log_.info("removed " + base::count_of(static_cast<std::size_t>(removed), "server") +
                  " that had not reported a day after the end of the enrolment token");
        api_.servers_changed();
    }
}

// A step at a time, and a pause between two when others want the store: it is theirs for most of
// the time.
asio::awaitable<void> hosting::tidy() {
    constexpr int part_of_others = 4;
    if (std::exchange(tidying_, true)) {
        co_return; // still at it
    }
    struct done {
        bool& tidying;
        ~done() { tidying = false; }
    } const later{tidying_};
    using clock = std::chrono::steady_clock;
    struct outcome {
        bool more = false;
        clock::duration took{};
    };
    for (outcome last{.more = true}; last.more && !stopping_;) {
        auto step = [](store::store& kept) {
            auto const begun = clock::now();
            bool const more = kept.tidy();
            return outcome{more, clock::now() - begun};
        };
        auto work = store_.run(0, std::move(step));
        last = co_await std::move(work);
        if (last.more && !store_.is_idle()) {
            next_step_.expires_after(last.took * part_of_others);
            co_await next_step_.async_wait(as_result);
        }
    }
}

void hosting::say_what_went(store::deletions const& gone) {
    auto const count = [](std::int64_t number, char const* thing) {
        return base::count_of(static_cast<std::size_t>(number), thing);
    };
    if (gone.reports != 0 || gone.calls != 0 || gone.feedback != 0) {
        log_.info("deleted " + count(gone.reports, "report") + " (" +
                  base::in_bytes(static_cast<std::uint64_t>(gone.bytes)) + "), " +
                  count(gone.calls, "call token") + " and " + count(gone.feedback, "complaint") +
                  ": older than --keep, or beyond --keep-size or what is kept of one machine");
    }
}

} // namespace trafikito::server::cli
