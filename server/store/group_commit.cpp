#include "server/store/group_commit.hpp"

#include "base/spawn.hpp"

#include <string>
#include <utility>

namespace trafikito::server::store {

namespace asio = boost::asio;

namespace {

/// Whether it would have happened to any change, so that to try a part of them is no use.
bool is_of_the_database(std::exception_ptr const& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (database::full const&) {
        return true;
    } catch (database::busy const&) {
        return true;
    } catch (database::away const&) {
        return true;
    } catch (database::misplaced const&) {
        return true;
    } catch (...) {
        return false;
    }
}

bool is_away(std::exception_ptr const& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (database::away const&) {
        return true;
    } catch (...) {
        return false;
    }
}

} // namespace

group_commit::group_commit(asio::any_io_executor serving, store_thread& kept, commit make,
                           group_limits limits)
    : serving_(std::move(serving)), kept_(kept), make_(std::move(make)), limits_(limits) {}

asio::awaitable<void> group_commit::add(change_ptr what) {
    push(what);
    auto ended = what->end_.wait(serving_, limits_.patience);
    co_await std::move(ended);
    if (!what->end_.has_come()) {
        what->unwanted_ = true;
        if (trouble_) {
            std::rethrow_exception(trouble_);
        }
        throw store_unavailable("the database did not answer within " +
                                std::to_string(limits_.patience.count() / 1000) + " s");
    }
    throw_failure_of(*what);
}

asio::awaitable<void> group_commit::add(change_ptr what, std::chrono::milliseconds patience) {
    push(what);
    auto ended = what->end_.wait(serving_, patience);
    co_await std::move(ended);
    if (!what->end_.has_come()) {
        throw store_unavailable("the database has not answered yet");
    }
    throw_failure_of(*what);
}

void group_commit::throw_failure_of(grouped_change const& what) {
    if (what.failure_) {
        std::rethrow_exception(what.failure_);
    }
}

bool group_commit::is_stuck() const {
    return committing_ && (away_ || std::chrono::steady_clock::now() - oldest_ > limits_.longest);
}

void group_commit::push(change_ptr const& what) {
    if (is_stuck()) {
        throw store_unavailable("the database does not answer");
    }
    if (waiting_.size() >= limits_.max_waiting || bytes_ + what->bytes_ > limits_.max_bytes) {
        throw store_unavailable("the database is slower than what comes in: " +
                                std::to_string(waiting_.size()) + " changes wait for it");
    }
    bytes_ += what->bytes_;
    what->came_ = std::chrono::steady_clock::now();
    waiting_.push_back(what);
    if (!committing_) {
        committing_ = true;
        oldest_ = what->came_;
        base::spawn(serving_, commit_what_waits(),
                    [this](std::exception_ptr const&) { committing_ = false; });
    }
}

std::shared_ptr<group_commit::changes const> group_commit::take() {
    auto const all = std::make_shared<changes>();
    std::size_t bytes = 0;
    while (!waiting_.empty() && all->size() < limits_.max_together) {
        auto& next = waiting_.front();
        if (!all->empty() && bytes + next->bytes_ > limits_.max_bytes_together) {
            break;
        }
        if (next->unwanted_) {
            bytes_ -= next->bytes_;
        } else {
            bytes += next->bytes_;
            all->push_back(std::move(next));
        }
        waiting_.pop_front();
    }
    return all;
}

void group_commit::make_apart(commit const& make, store& kept, std::span<change_ptr const> all) {
    std::exception_ptr thrown;
    try {
        make(kept, all);
        return;
    } catch (...) {
        thrown = std::current_exception();
    }
    if (all.size() == 1) {
        all.front()->error_ = thrown;
    } else if (is_of_the_database(thrown)) {
        for (auto const& each : all) {
            each->error_ = thrown;
        }
    } else {
        make_apart(make, kept, all.first(all.size() / 2));
        make_apart(make, kept, all.subspan(all.size() / 2));
    }
}

asio::awaitable<void> group_commit::commit_what_waits() {
    while (!waiting_.empty()) {
        auto const all = take();
        if (all->empty()) {
            continue; // nobody wants them any more
        }
        oldest_ = all->front()->came_;
        std::size_t bytes = 0;
        for (auto const& each : *all) {
            bytes += each->bytes_;
        }
        auto work = [all, make = make_](store& kept) {
            make_apart(make, kept, *all);
            return true;
        };
        std::exception_ptr failure;
        try {
            co_await kept_.run(bytes, std::move(work)); // which a hanging disk holds for longer
        } catch (...) {
            failure = std::current_exception();
        }
        end(*all, failure);
    }
}

// Without a failure the store thread has ended with them; with one it may still be at it.
void group_commit::end(changes const& all, std::exception_ptr const& failure) {
    auto const& thrown = failure ? failure : all.front()->error_;
    away_ = failure || (thrown && is_away(thrown));
    trouble_ = thrown && is_of_the_database(thrown) ? thrown : nullptr;
    for (auto const& each : all) {
        bytes_ -= each->bytes_;
        each->failure_ = failure ? failure : each->error_;
        each->end_.comes();
    }
}

} // namespace trafikito::server::store
