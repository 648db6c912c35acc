#include "exec/child.hpp"

#include "base/descriptor.hpp"
#include "base/spawn.hpp"
#include "exec/daemon_scope.hpp"
#include "exec/exit_watch.hpp"
#include "exec/launcher.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

// What 1.81's exit_code.hpp needs and does not include itself.
#include <boost/asio/detail/throw_error.hpp>
#include <boost/optional.hpp>
#include <boost/type_traits.hpp>

#include <boost/process/v2/exit_code.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <exception>
#include <memory>
#include <utility>

namespace trafikito::exec {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::milliseconds;
using clock = std::chrono::steady_clock;

namespace {

constexpr milliseconds drain_quiet{200}; ///< no data for so long after the end: the pipe is closed
constexpr milliseconds drain_total{1000};
constexpr milliseconds hurried_grace{2000}; ///< when the agent itself is to end (within 5 s)
constexpr milliseconds kill_patience{
    2000}; ///< a process that KILL does not end by then is abandoned

/// Most commands print little; who fills this once reads on with more.
constexpr std::size_t first_buffer = 4096;
constexpr std::size_t full_buffer = 32UL * 1024;

std::uint64_t peak_of(rusage const& usage) {
    return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

/// One run, to its end. What it waits for besides the end of the main process comes by callbacks,
/// each of which keeps it alive:
///
///   took()       gathers what is printed, until the pipe is closed: by the last
///                who holds its other end, or by drain(). Then wakes drain().
///   time_over()  ends the command when its time is over: TERM to the group,
///                KILL after kill_grace.
///
/// run() waits for the main process, has the warden sweep, reaps, drains, and closes the pipe. What
/// ends the command is seen by it alone, and only it speaks to the warden. The agent asked to stop,
/// by a terminal cancellation: the time is over then, with no more grace than the agent has; and
/// run() goes on to its end, so that nothing is left. Cannot be killed: kill_patience after KILL
/// the wait is given up; run() then takes the process for one that has not ended, gives it up to
/// the warden, and the result says `abandoned`.
class child_run : public std::enable_shared_from_this<child_run> {
public:
    child_run(asio::any_io_executor const& executor, command const& what,
              execution_environment const& around, bounds within, warden& warden,
              std::shared_ptr<scratch_file> where)
        : what_(what), around_(around), within_(within), warden_(warden), pipe_(executor),
          exit_(executor, warden.pidfds()), clock_timer_(executor), timer_(executor),
          buffer_(first_buffer, '\0'), result_(what.name, within.max_output, std::move(where)) {}

    asio::awaitable<result> run();

private:
    bool start();
    base::descriptor open_pipe();
    void read();
    void took(error_code const& ended, std::size_t size);
    void keep_time(milliseconds left);
    [[nodiscard]] milliseconds time_left() const;
    void time_over();
    void ask_to_end(milliseconds grace);
    asio::awaitable<void> wait_for_end();
    asio::awaitable<void> clear_up();
    asio::awaitable<void> drain();
    asio::awaitable<void> keep(std::vector<pid_t> daemons);
    asio::awaitable<void> pause_until(clock::time_point deadline);

    void signal_group(int signal) const { ::kill(-main_.pid, signal); }
    asio::awaitable<bool> reap();
    bool try_reap();
    bool fail(std::string reason, int error = 0);
    bool fail(error_code const& why) { return fail(why.message(), why.value()); }

    command const& what_;
    execution_environment const& around_;
    bounds within_;
    warden& warden_;
    asio::readable_pipe pipe_;
    exit_watch exit_;
    asio::steady_timer clock_timer_; ///< of time_over()
    asio::steady_timer timer_;       ///< of pause_until(); took() cuts it short
    std::string buffer_;             ///< read into
    launched main_;                  ///< the main process
    result result_;
    std::exception_ptr thrown_; ///< by a callback
    clock::time_point started_;
    clock::time_point last_data_;
    std::uint64_t agents_peak_ = 0; ///< bytes that it had resident at most when this began
    bool killed_ = false;
    bool given_up_ = false;
    bool ended_ = false;
    bool pipe_open_ = true;
    bool closing_ = false; ///< the pipe, whatever is read until then
};

asio::awaitable<result> child_run::run() {
    if (start()) {
        read();
        keep_time(within_.timeout);
        bool const throws = co_await asio::this_coro::throw_if_cancelled();
        co_await asio::this_coro::throw_if_cancelled(false);
        co_await wait_for_end();
        co_await clear_up();
        co_await asio::this_coro::throw_if_cancelled(throws);
        if (thrown_) {
            std::rethrow_exception(thrown_);
        }
    }
    co_return std::move(result_);
}

bool child_run::fail(std::string reason, int error) {
    // A memory limit of its own does not become wider.
    bool const own_limit = error == ENOMEM && what_.limited.max_memory;
    result_.end = result::ending::not_started;
    result_.kept_back = is_lack_of_room(error) && !own_limit ? result::hindrance::no_room
                                                             : result::hindrance::failed;
    result_.error = error;
    result_.reason = std::move(reason);
    return false;
}

bool child_run::start() {
    auto output = open_pipe();
    if (!output.open()) {
        return false;
    }
    started_ = last_data_ = clock::now();
    auto const tag = warden_.prepare();
    auto group = what_.daemon ? nullptr : warden_.groups().make();
    std::string not_started;
    shell_launcher launch(around_, what_.limited, warden_.parent(), output.get(),
                          group ? group->directory() : -1, tag);
    ward known{what_.name};
    known.started = started_now();
    main_ = launch(shell_script(what_), not_started);
    output.close(); // or its end would never be seen
    agents_peak_ = warden_.parent().peak_memory();
    if (!not_started.empty()) {
        return fail(std::move(not_started), launch.error_number());
    }
    exit_.begin(main_.pid, std::move(main_.pidfd));
    if (group) {
        warden_.groups().entered(launch.group_error());
    }
    if (launch.group_error() != 0) {
        group.reset();
    }
    known.tag = tag;
    known.daemon = what_.daemon;
    known.group = std::move(group);
    warden_.begin(main_.pid, std::move(known), exit_.needs_no_signal());
    return true;
}

/// The end that the command writes into; none when there is no pipe to be had.
base::descriptor child_run::open_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        fail(error_code(errno, boost::system::system_category()));
        return base::descriptor();
    }
    base::descriptor ours(ends[0]);
    base::descriptor theirs(ends[1]);
    error_code failed;
    pipe_.assign(ours.get(), failed);
    if (failed) {
        fail(failed);
        return base::descriptor();
    }
    (void)ours.release(); // the pipe has it
    return theirs;
}

void child_run::read() {
    pipe_.async_read_some(asio::buffer(buffer_),
                          [self = shared_from_this()](error_code const& ended, std::size_t size) {
                              self->took(ended, size);
                          });
}

void child_run::took(error_code const& ended, std::size_t size) {
    last_data_ = clock::now();
    try {
        result_.output.append({buffer_.data(), size});
        if (!ended && !closing_) {
            if (size == buffer_.size()) {
                buffer_.resize(full_buffer);
            }
            read();
            return;
        }
    } catch (std::exception const&) {
        thrown_ = std::current_exception(); // out of run()
    }
    pipe_open_ = false;
    timer_.cancel();
}

void child_run::keep_time(milliseconds left) {
    clock_timer_.expires_after(left);
    clock_timer_.async_wait([self = shared_from_this()](error_code const& cancelled) {
        if (!cancelled && !self->ended_) {
            self->time_over();
        }
    });
}

milliseconds child_run::time_left() const {
    auto const left = clock_timer_.expiry() - clock::now();
    return std::max(std::chrono::ceil<milliseconds>(left), milliseconds(0));
}

void child_run::time_over() {
    if (!result_.stopped) {
        ask_to_end(within_.kill_grace);
    } else if (!std::exchange(killed_, true)) {
        signal_group(SIGKILL);
        keep_time(kill_patience);
    } else {
        given_up_ = true;
        exit_.cancel();
    }
}

void child_run::ask_to_end(milliseconds grace) {
    result_.stopped = true;
    signal_group(SIGTERM);
    signal_group(SIGCONT); // one that stopped itself would not hear it
    keep_time(grace);
}

asio::awaitable<void> child_run::wait_for_end() {
    auto const before = co_await asio::this_coro::cancellation_state;
    bool interrupted = before.cancelled() != asio::cancellation_type::none;
    for (;;) {
        if (interrupted && !result_.stopped) {
            ask_to_end(std::min(within_.kill_grace, hurried_grace));
        } else if (interrupted && !killed_) { // its own time was over before
            keep_time(std::min(time_left(), hurried_grace));
        }
        ended_ = co_await exit_.wait();
        if (ended_ || given_up_) {
            break;
        }
        interrupted = true;
    }
    result_.wall = std::chrono::duration_cast<milliseconds>(clock::now() - started_);
    clock_timer_.cancel();
}

asio::awaitable<void> child_run::clear_up() {
    auto const leader = main_.pid;
    // Before the leader is reaped the number of its group cannot be anybody else's.
    auto const left = co_await warden_.sweep(leader);
    result_.leftovers_killed = left.killed;
    result_.unkillable = left.unkillable;
    bool reaped = false;
    if (ended_) {
        reaped = co_await reap();
    }
    if (reaped) {
        warden_.end(leader);
    } else {
        result_.end = result::ending::abandoned;
        warden_.give_up(leader);
    }
    exit_.end();
    co_await drain();
    if (!left.daemons.empty()) {
        // In a coroutine of its own: a command of ours does it, which must not be stopped.
        auto const executor = pipe_.get_executor();
        auto moved = keep(left.daemons);
        co_await base::spawn(executor, std::move(moved), asio::use_awaitable);
    }
}

/// They are to outlive the agent.
asio::awaitable<void> child_run::keep(std::vector<pid_t> daemons) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    auto const problem =
        co_await move_out_of_service(what_.name, std::move(daemons), around_, warden_);
    if (!problem.empty()) {
        warden_.warn(
            "what " + what_.name +
            " leaves running ends with the agent's service, though it says daemon=yes: " + problem);
    }
}

asio::awaitable<void> child_run::drain() {
    auto const begun = clock::now();
    if (pipe_open_) { // as a rule its end has been seen and is only to be heard of
        auto const executor = pipe_.get_executor();
        co_await asio::post(executor, asio::use_awaitable);
    }
    while (pipe_open_) {
        auto const quiet_at = std::max(last_data_, begun) + drain_quiet;
        auto const close_at = std::min(quiet_at, begun + drain_total);
        if (clock::now() >= close_at) {
            break;
        }
        co_await pause_until(close_at);
    }
    error_code ignored;
    if (pipe_open_) { // took() is told of it, and nobody reads any more
        closing_ = true;
        pipe_.cancel(ignored);
        while (pipe_open_) {
            co_await pause_until(clock::time_point::max());
        }
        result_.output.append_what_waits(pipe_.native_handle());
    }
    pipe_.close(ignored);
}

asio::awaitable<void> child_run::pause_until(clock::time_point deadline) {
    timer_.expires_at(deadline);
    error_code ignored;
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

/// False when its end is still hidden by a tracer that cannot be killed.
asio::awaitable<bool> child_run::reap() {
    auto const deadline = clock::now() + kill_patience;
    for (milliseconds pause{1}; !try_reap(); pause = std::min(pause * 2, milliseconds(20))) {
        if (clock::now() >= deadline) {
            co_return false;
        }
        co_await pause_until(clock::now() + pause);
    }
    co_return true;
}

bool child_run::try_reap() {
    boost::process::v2::native_exit_code_type status = 0;
    rusage usage{};
    if (::wait4(main_.pid, &status, WNOHANG, &usage) != main_.pid) {
        return false;
    }
    auto const in_milliseconds = [](timeval const& time) {
        return std::chrono::duration_cast<milliseconds>(std::chrono::seconds(time.tv_sec) +
                                                        std::chrono::microseconds(time.tv_usec));
    };
    result_.cpu = in_milliseconds(usage.ru_utime) + in_milliseconds(usage.ru_stime);
    result_.peak_memory = peak_of(usage);
    // The kernel counts pages in batches: about the same is the same.
    result_.peak_memory_is_bound = result_.peak_memory <= agents_peak_ + agents_peak_ / 16;
    result_.end = WIFEXITED(status) ? result::ending::exited : result::ending::signalled;
    result_.code = boost::process::v2::evaluate_exit_code(status);
    return true;
}

} // namespace

std::string shell_script(command const& what) {
    return what.assignment + "\neval \"$" + what.name + "\"\n";
}

asio::awaitable<result> run_child(command const& what, execution_environment const& around,
                                  bounds within, warden& warden,
                                  std::shared_ptr<scratch_file> where) {
    auto const run = std::make_shared<child_run>(co_await asio::this_coro::executor, what, around,
                                                 within, warden, std::move(where));
    co_return co_await run->run();
}

} // namespace trafikito::exec
