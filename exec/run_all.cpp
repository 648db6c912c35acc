#include "exec/run_all.hpp"

#include "base/spawn.hpp"
#include "exec/child.hpp"
#include "exec/not_executed.hpp"
#include "exec/room.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <optional>
#include <system_error>

namespace trafikito::exec {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using clock = std::chrono::steady_clock;
using hindrance = result::hindrance;

namespace {

constexpr int max_runs = 20; ///< of a command whose shell could not fork

/// Its shell was there, but no more than that.
result without_room(command const& what) {
    result value(what.name);
    value.kept_back = hindrance::no_room;
    value.error = EAGAIN;
    value.reason =
        "its shell could start no process: " + std::generic_category().message(value.error);
    return value;
}

/// What the workers of one order share: the next command to take, and when all must be over.
class batch {
public:
    batch(asio::any_io_executor const& executor, std::vector<command> commands,
          execution_environment around, limits const& within, run_tools const& tools,
          on_result ended)
        : commands_(std::move(commands)), around_(std::move(around)), within_(within),
          warden_(tools.warden), spool_(std::make_shared<scratch_file>(tools.spool_directory)),
          ended_(std::move(ended)), deadline_(clock::now() + within.cycle_timeout),
          room_(executor, within.max_parallel, deadline_) {}

    [[nodiscard]] std::size_t worker_count() const {
        return std::min(std::max<std::size_t>(within_.max_parallel, 1), commands_.size());
    }

    /// Takes one command after the other until none is left.
    asio::awaitable<void> work();

private:
    asio::awaitable<result> run(command const& what);
    asio::awaitable<std::optional<result>> obstacle_to(command const& what) const;
    [[nodiscard]] result no_turn(command const& what) const;
    asio::awaitable<result> start(command const& what);
    void note(result const& of);
    [[nodiscard]] milliseconds time_of(command const& what) const {
        return what.timeout.value_or(within_.command_timeout);
    }

    std::vector<command> commands_;
    execution_environment around_;
    limits within_;
    warden& warden_;
    std::shared_ptr<scratch_file> spool_;
    on_result ended_;
    clock::time_point deadline_;
    room room_;
    std::string lacking_; ///< what there was no room for, in words; empty when there always was
    int lacking_error_ = 0;
    std::size_t next_ = 0;
    std::size_t done_ = 0; ///< that ran to their end
};

asio::awaitable<void> batch::work() {
    // Cancelled or not, each command gets its result.
    co_await asio::this_coro::throw_if_cancelled(false);
    while (next_ < commands_.size()) {
        auto const index = next_++;
        ended_(index, co_await run(commands_[index]));
    }
}

/// Where the machine has no room for it now, it waits until there is.
asio::awaitable<result> batch::run(command const& what) {
    for (int runs = 0;;) {
        co_await room_.enter();
        auto obstacle = co_await obstacle_to(what);
        if (obstacle) {
            room_.leave();
            co_return std::move(*obstacle);
        }
        auto ended = co_await start(what);
        bool again = false;
        if (shell_could_not_fork(ended)) {
            ended = without_room(what);
            again = ++runs < max_runs;
        } else if (ended.kept_back == hindrance::no_room) {
            again = true;
        }
        note(ended);
        if (again) {
            again = co_await room_.lacked();
        }
        room_.leave();
        if (!again) {
            co_return ended;
        }
    }
}

/// The result of a command that is not even to be started.
asio::awaitable<std::optional<result>> batch::obstacle_to(command const& what) const {
    auto const state = co_await asio::this_coro::cancellation_state;
    result skipped(what.name);
    if (state.cancelled() != asio::cancellation_type::none) {
        skipped.kept_back = hindrance::interrupted;
        skipped.reason = "the agent was asked to stop";
    } else if (clock::now() >= deadline_) {
        skipped = no_turn(what);
    } else if (skipped.reason = warden_.obstacle(what.name); !skipped.reason.empty()) {
        skipped.kept_back = hindrance::failed;
    } else {
        co_return std::nullopt;
    }
    co_return skipped;
}

result batch::no_turn(command const& what) const {
    result skipped(what.name);
    if (lacking_.empty()) {
        skipped.kept_back = hindrance::no_turn;
        skipped.reason = "cycle_timeout was over before its turn came";
    } else {
        skipped.kept_back = hindrance::no_room;
        skipped.reason = lacking_;
        skipped.error = lacking_error_;
    }
    return skipped;
}

asio::awaitable<result> batch::start(command const& what) {
    auto const left = std::chrono::ceil<milliseconds>(deadline_ - clock::now());
    bounds const within{std::min(time_of(what), left), within_.kill_grace,
                        what.max_output.value_or(within_.max_output)};
    bool const among_the_first = done_ == 0;
    auto ended = co_await run_child(what, around_, within, warden_, spool_);
    ended.cut_short =
        ended.stopped && left < time_of(what) && clock::now() >= deadline_ && !among_the_first;
    if (ended.end == result::ending::exited) {
        ended.reason = why_not_executed(what, ended.code, around_);
    }
    co_return ended;
}

void batch::note(result const& of) {
    if (of.end != result::ending::not_started) {
        ++done_;
        room_.sufficed();
    } else if (of.kept_back == hindrance::no_room) {
        lacking_ = of.reason;
        lacking_error_ = of.error;
    }
}

} // namespace

asio::awaitable<void> run_all(std::vector<command> commands, execution_environment around,
                              limits within, run_tools tools, on_result ended) {
    if (commands.empty()) {
        co_return;
    }
    auto const executor = co_await asio::this_coro::executor;
    batch shared(executor, std::move(commands), std::move(around), within, tools, std::move(ended));
    using worker = decltype(base::spawn(executor, shared.work(), asio::deferred));
    std::vector<worker> workers;
    for (std::size_t count = shared.worker_count(); count > 0; --count) {
        workers.push_back(base::spawn(executor, shared.work(), asio::deferred));
    }
    auto group = asio::experimental::make_parallel_group(std::move(workers));
    auto const done =
        co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    auto const& [order, failures] = done;
    for (auto const& failure : failures) {
        if (failure) {
            std::rethrow_exception(failure);
        }
    }
}

} // namespace trafikito::exec
