#include "exec/run_all.hpp"

#include "base/spawn.hpp"
#include "exec/child.hpp"
#include "exec/not_executed.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>

namespace trafikito::exec {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using clock = std::chrono::steady_clock;

namespace {

/// What the workers of one order share: the next command to take, and when all must be over.
class batch {
public:
    batch(std::vector<command> commands, execution_environment around, limits const& within,
          run_tools const& tools, on_result ended)
        : commands_(std::move(commands)), around_(std::move(around)), within_(within),
          warden_(tools.warden), spool_(std::make_shared<scratch_file>(tools.spool_directory)),
          ended_(std::move(ended)), deadline_(clock::now() + within.cycle_timeout) {}

    [[nodiscard]] std::size_t worker_count() const {
        return std::min(std::max<std::size_t>(within_.max_parallel, 1), commands_.size());
    }

    /// Takes one command after the other until none is left.
    asio::awaitable<void> work();

private:
    asio::awaitable<result> run(command const& what);
    [[nodiscard]] bounds bounds_of(command const& what) const;

    std::vector<command> commands_;
    execution_environment around_;
    limits within_;
    warden& warden_;
    std::shared_ptr<scratch_file> spool_;
    on_result ended_;
    clock::time_point deadline_;
    std::size_t next_ = 0;
};

asio::awaitable<void> batch::work() {
    // Cancelled or not, each command gets its result.
    co_await asio::this_coro::throw_if_cancelled(false);
    while (next_ < commands_.size()) {
        auto const index = next_++;
        ended_(index, co_await run(commands_[index]));
    }
}

asio::awaitable<result> batch::run(command const& what) {
    auto const state = co_await asio::this_coro::cancellation_state;
    result skipped(what.name);
    if (state.cancelled() != asio::cancellation_type::none) {
        skipped.reason = "the agent was asked to stop";
    } else if (clock::now() >= deadline_) {
        skipped.reason = "cycle_timeout was over before its turn came";
    } else {
        skipped.reason = warden_.obstacle(what.name);
    }
    if (skipped.reason.empty()) {
        auto ended = co_await run_child(what, around_, bounds_of(what), warden_, spool_);
        if (ended.end == result::ending::exited) {
            ended.reason = why_not_executed(what, ended.code, around_);
        }
        co_return ended;
    }
    co_return skipped;
}

bounds batch::bounds_of(command const& what) const {
    auto const left = std::chrono::ceil<milliseconds>(deadline_ - clock::now());
    return {std::min(what.timeout.value_or(within_.command_timeout), left), within_.kill_grace,
            what.max_output.value_or(within_.max_output)};
}

} // namespace

asio::awaitable<void> run_all(std::vector<command> commands, execution_environment around,
                              limits within, run_tools tools, on_result ended) {
    if (commands.empty()) {
        co_return;
    }
    batch shared(std::move(commands), std::move(around), within, tools, std::move(ended));
    auto const executor = co_await asio::this_coro::executor;
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
