#pragma once
// A stream whose n-th operation fails, over one that works. The fail matrices of net/ run protocol
// code over it, for every n until nothing fails any more.

#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <functional>
#include <utility>

namespace trafikito::test {

/// Which operation, and how. Shared by the test and its stream.
struct fail_plan {
    enum class way { error, end_of_stream, silence };

    way how = way::error;
    std::size_t fail_at = 0;       ///< counted from 1; 0: never
    std::size_t operations = 0;    ///< so far
    std::function<void()> reached; ///< is called when the operation that fails begins

    /// True for the operation that fails.
    bool count() {
        bool const now = ++operations == fail_at;
        if (now && reached) {
            reached();
        }
        return now;
    }
};

template <class Next>
class failing_stream {
public:
    using executor_type = typename Next::executor_type;
    using next_layer_type = Next;
    using lowest_layer_type = typename Next::lowest_layer_type;

    failing_stream(Next next, fail_plan& plan)
        : next_(std::move(next)), plan_(&plan), reading_(next_.get_executor()),
          writing_(next_.get_executor()) {}

    executor_type get_executor() { return next_.get_executor(); }
    lowest_layer_type& lowest_layer() { return next_.lowest_layer(); }
    lowest_layer_type const& lowest_layer() const { return next_.lowest_layer(); }

    template <class Buffers, class Token>
    auto async_read_some(Buffers const& buffers, Token&& token) {
        auto work = [this, buffers](auto self) { next_.async_read_some(buffers, std::move(self)); };
        return start(std::move(work), reading_, std::forward<Token>(token));
    }

    template <class Buffers, class Token>
    auto async_write_some(Buffers const& buffers, Token&& token) {
        auto work = [this, buffers](auto self) {
            next_.async_write_some(buffers, std::move(self));
        };
        return start(std::move(work), writing_, std::forward<Token>(token));
    }

private:
    using error_code = boost::system::error_code;
    using signature = void(error_code, std::size_t);

    template <class Work>
    struct operation {
        failing_stream& over;
        boost::asio::steady_timer& wait;
        Work work;

        template <class Self>
        void operator()(Self& self) {
            if (!over.plan_->count()) {
                auto go = std::move(work);
                go(std::move(self));
                return;
            }
            bool const silent = over.plan_->how == fail_plan::way::silence;
            if (!silent) {
                over.break_off();
            }
            wait.expires_at(silent ? boost::asio::steady_timer::time_point::max()
                                   : boost::asio::steady_timer::clock_type::now());
            wait.async_wait(std::move(self));
        }

        /// The wait is over: fails, or was cancelled.
        template <class Self>
        void operator()(Self& self, error_code waited) {
            error_code const ours = over.plan_->how == fail_plan::way::error
                                        ? error_code(boost::asio::error::connection_reset)
                                        : error_code(boost::asio::error::eof);
            self.complete(waited ? waited : ours, 0);
        }

        template <class Self>
        void operator()(Self& self, error_code error, std::size_t size) {
            self.complete(error, size);
        }
    };

    template <class Work, class Token>
    auto start(Work work, boost::asio::steady_timer& wait, Token&& token) {
        return boost::asio::async_compose<Token, signature>(
            operation<Work>{*this, wait, std::move(work)}, token, next_);
    }

    /// A connection that fails one way fails the other way, too.
    void break_off() {
        error_code ignored;
        next_.lowest_layer().shutdown(lowest_layer_type::shutdown_both, ignored);
    }

    Next next_;
    fail_plan* plan_;
    boost::asio::steady_timer reading_;
    boost::asio::steady_timer writing_;
};

} // namespace trafikito::test
