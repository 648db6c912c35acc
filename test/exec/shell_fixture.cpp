#include "test/exec/shell_fixture.hpp"

#include "base/spawn.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <functional>
#include <optional>

namespace trafikito::test {

namespace asio = boost::asio;

shell_fixture::shell_fixture() : around(exec::clean_environment("/", "/nonexistent", "nobody")) {
    limits.kill_grace = std::chrono::milliseconds(300);
}

shell_fixture::~shell_fixture() {
    forget();
}

void shell_fixture::forget() {
    warden.reset();
    context.reset();
}

exec::command shell_fixture::line(std::string_view text, std::string name) {
    auto assignment = name + "=\"" + std::string(text) + "\"";
    return {std::move(name), std::move(assignment), {}, {}, {}, false};
}

std::vector<exec::result> shell_fixture::run(std::vector<exec::command> commands) {
    return run_until({}, std::move(commands));
}

exec::result shell_fixture::run(std::string_view text) {
    return std::move(run(std::vector{line(text)}).front());
}

std::vector<exec::result> shell_fixture::run_until(std::string const& when,
                                                   std::vector<exec::command> commands) {
    std::vector<std::optional<exec::result>> ended(commands.size());
    if (!warden) {
        context.emplace(1);
        warden.emplace(context->get_executor());
    }
    run_in_context(when, std::move(commands), [&](std::size_t index, exec::result&& value) {
        BOOST_TEST(!ended.at(index).has_value());
        ended.at(index) = std::move(value);
    });
    if (!keeps_warden) {
        forget();
    }
    std::vector<exec::result> results;
    for (auto& value : ended) {
        BOOST_REQUIRE(value.has_value());
        results.push_back(std::move(*value));
    }
    return results;
}

void shell_fixture::run_in_context(std::string const& when, std::vector<exec::command> commands,
                                   exec::on_result const& ended) {
    asio::cancellation_signal cancel;
    asio::steady_timer poll(*context);
    bool done = false;
    std::function<void()> look = [&] {
        if (done) {
            return;
        }
        if (std::filesystem::exists(when)) {
            return cancel.emit(asio::cancellation_type::terminal);
        }
        poll.expires_after(std::chrono::milliseconds(5));
        poll.async_wait([&](auto) { look(); });
    };
    exec::run_tools const tools{*warden, spool_directory};
    base::spawn(context->get_executor(),
                exec::run_all(std::move(commands), around, limits, tools, ended),
                asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr const& failed) {
                    done = true;
                    poll.cancel();
                    if (!keeps_warden) {
                        warden->stop();
                    } else {
                        context->stop();
                    }
                    if (failed) {
                        std::rethrow_exception(failed);
                    }
                }));
    if (!when.empty()) {
        look();
    }
    context->restart();
    context->run();
    BOOST_TEST(done);
}

std::string head_of(exec::result const& value) {
    std::string text;
    value.output.head([&](std::string_view piece) { text += piece; });
    return text;
}

std::string tail_of(exec::result const& value) {
    std::string text;
    value.output.tail([&](std::string_view piece) { text += piece; });
    return text;
}

std::string text_of(exec::result const& value) {
    return head_of(value) + tail_of(value);
}

} // namespace trafikito::test
