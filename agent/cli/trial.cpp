#include "agent/cli/trial.hpp"

#include "agent/cycle/command_lookup.hpp"
#include "agent/persistence/installation.hpp"
#include "base/spawn.hpp"
#include "exec/warden.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <csignal>
#include <exception>
#include <set>

namespace trafikito::agent::cli {

namespace asio = boost::asio;
using std::chrono::seconds;
using steady = std::chrono::steady_clock;

namespace {

/// The name as the owner writes it in a command line.
std::string short_name(std::string const& name) {
    constexpr std::string_view prefix = "trafikito_";
    return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

/// Not the daemon's: what is left of its commands is its own to end (cgroup.hpp).
std::string trials_installation(config::settings const& settings) {
    return persistence::installation_id(settings.var_dir) + "t";
}

class trial {
public:
    trial(trial_order order, config::settings const& settings, progress_line& progress,
          on_trial_result ended)
        : order_(std::move(order)), settings_(settings), progress_(progress),
          ended_(std::move(ended)) {}

    bool run();

private:
    asio::awaitable<void> all_rounds();
    void one_ended(std::size_t index, exec::result&& result);
    void interrupt(boost::system::error_code const& cancelled);
    void tick(boost::system::error_code const& cancelled);
    void draw();
    [[nodiscard]] std::vector<std::string> running() const;

    trial_order order_;
    config::settings const& settings_;
    progress_line& progress_;
    on_trial_result ended_;
    asio::io_context context_{1};
    exec::warden warden_{context_.get_executor(), trials_installation(settings_)};
    asio::signal_set signals_{context_, SIGINT, SIGTERM};
    asio::steady_timer timer_{context_};
    asio::cancellation_signal stop_;
    steady::time_point begun_ = steady::now();
    std::size_t done_ = 0;            ///< in all rounds
    std::set<std::size_t> ended_now_; ///< in this one
    bool interrupted_ = false;
};

bool trial::run() {
    signals_.async_wait([this](boost::system::error_code cancelled, int) { interrupt(cancelled); });
    if (progress_.shows()) {
        tick({});
    }
    auto finish = [this](std::exception_ptr const& failed) {
        signals_.cancel();
        timer_.cancel();
        warden_.stop();
        progress_.erase();
        if (failed) {
            std::rethrow_exception(failed);
        }
    };
    base::spawn(context_.get_executor(), all_rounds(),
                asio::bind_cancellation_slot(stop_.slot(), finish));
    context_.run();
    return !interrupted_;
}

asio::awaitable<void> trial::all_rounds() {
    co_await asio::this_coro::throw_if_cancelled(false); // each command gets its result
    exec::run_tools const tools{warden_, settings_.tmp_file.parent_path()};
    auto const within = cycle::limits_of(settings_);
    for (std::size_t round = 0; round < order_.rounds && !interrupted_; ++round) {
        ended_now_.clear();
        exec::on_result ended = [this](std::size_t index, exec::result&& result) {
            one_ended(index, std::move(result));
        };
        auto all = exec::run_all(order_.commands, order_.around, within, tools, std::move(ended));
        co_await std::move(all);
    }
}

void trial::one_ended(std::size_t index, exec::result&& result) {
    ++done_;
    ended_now_.insert(index);
    ended_(index, std::move(result), interrupted_);
    draw();
}

void trial::interrupt(boost::system::error_code const& cancelled) {
    if (!cancelled) {
        interrupted_ = true;
        stop_.emit(asio::cancellation_type::terminal);
    }
}

void trial::tick(boost::system::error_code const& cancelled) {
    if (cancelled) {
        return;
    }
    draw();
    timer_.expires_after(seconds(1));
    timer_.async_wait([this](boost::system::error_code const& failed) { tick(failed); });
}

void trial::draw() {
    if (progress_.shows()) {
        auto const since = std::chrono::duration_cast<seconds>(steady::now() - begun_);
        progress_.draw(done_, order_.commands.size() * order_.rounds, running(), since);
    }
}

/// They begin in the order given, so many at once.
std::vector<std::string> trial::running() const {
    std::vector<std::string> names;
    auto const parallel = std::max<std::size_t>(1, settings_.max_parallel);
    for (std::size_t at = 0; at < order_.commands.size() && names.size() < parallel; ++at) {
        if (!ended_now_.contains(at)) {
            names.push_back(short_name(order_.commands[at].name));
        }
    }
    return names;
}

} // namespace

bool run_trial(trial_order order, config::settings const& settings, progress_line& progress,
               on_trial_result ended) {
    trial one(std::move(order), settings, progress, std::move(ended));
    return one.run();
}

} // namespace trafikito::agent::cli
