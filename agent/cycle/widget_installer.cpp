#include "agent/cycle/widget_installer.hpp"

#include "agent/cycle/command_lookup.hpp"
#include "agent/cycle/sections.hpp"
#include "agent/persistence/strict_modes.hpp"
#include "base/units.hpp"

#include <unistd.h>

#include <algorithm>

namespace trafikito::agent::cycle {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using verdict = widget_verdict::kind;

asio::awaitable<std::vector<net::api::feedback>>
widget_installer::install(std::vector<std::string> ids) {
    if (ids.size() > max_widgets_a_cycle) {
        with_.log.warning(base::count_of(ids.size() - max_widgets_a_cycle, "widget") +
                          " of the API left out: at most " + std::to_string(max_widgets_a_cycle) +
                          " of one order are looked at");
        ids.resize(max_widgets_a_cycle);
    }
    for (auto const& id : ids) {
        if (is_widget_id(id)) {
            co_await install_one(id);
        } else {
            refuse("(an id that is none)", "an id has 1 to 64 letters, digits, _ and -");
        }
    }
    with_.log.on_change(base::severity::warning, "widgets not added",
                        refused_.empty() ? "" : "widgets of the API not added: " + refused_);
    co_return std::move(feedback_);
}

asio::awaitable<void> widget_installer::install_one(std::string id) {
    auto const answer = co_await with_.api.fetch_widget(id, until_);
    if (!answer) {
        refuse(id, answer.error().message());
        co_return;
    }
    // Read anew: it may have changed since the order was asked for, by the widget before too.
    auto const loaded = read_list();
    if (!loaded.list) {
        refuse(id, "available_commands.sh cannot be read, or others could change it");
        co_return;
    }
    auto judged = judge_widget(*answer, *loaded.list);
    if (judged.is == verdict::invalid) {
        feedback_.push_back(net::api::widget_not_valid("widget " + id + ": " + judged.why));
    }
    if (judged.is == verdict::present || (judged.is == verdict::add && add(id, judged))) {
        co_await run_and_confirm(std::move(id), std::move(judged));
    } else if (judged.is != verdict::add) {
        refuse(id, judged.why + (judged.name.empty() ? "" : " (" + judged.name + ")"));
    }
}

config::loaded_command_list widget_installer::read_list() const {
    auto const judged = persistence::judge_installation(with_.settings, ::geteuid());
    return judged.may_run ? persistence::read_command_list(judged, with_.settings)
                          : config::loaded_command_list();
}

bool widget_installer::add(std::string const& id, widget_verdict const& what) {
    auto const now = std::chrono::duration_cast<std::chrono::seconds>(with_.time.stamp().wall);
    auto const problem = append_widget(with_.settings.available_commands, what, id, now.count());
    if (!problem.empty()) {
        refuse(id, problem);
        return false;
    }
    with_.log.warning("widget " + id + " of the API added to " +
                      with_.settings.available_commands.string() + ": " + what.line +
                      " (allow_widgets = yes)");
    with_.audit.widget(id + " added: " + what.line);
    return true;
}

asio::awaitable<void> widget_installer::run_and_confirm(std::string id, widget_verdict what) {
    auto const loaded = read_list();
    auto const* const found = loaded.list ? loaded.list->find(what.name) : nullptr;
    auto within = limits_of(with_.settings);
    within.cycle_timeout =
        std::min(within.cycle_timeout,
                 std::chrono::duration_cast<milliseconds>(until_ - with_.time.steady_now()));
    if (found == nullptr || found->line != what.line || within.cycle_timeout <= milliseconds(0)) {
        with_.log.warning("widget " + id + " is not confirmed: its command cannot be run now");
        co_return;
    }
    std::string not_started;
    std::string section;
    net::api::report_writer writer([&section](std::string_view bytes) { section += bytes; });
    writer.open_section(what.text);
    auto const ended = [&](std::size_t /*index*/, exec::result&& result) {
        with_.log.debug(describe(result));
        with_.audit.ran(describe(result));
        if (result.end == exec::result::ending::not_started) {
            not_started = result.reason;
        }
        write_result(writer, result);
    };
    std::vector<exec::command> one{to_exec(*found)};
    exec::run_tools const tools{with_.warden, with_.settings.tmp_file.parent_path()};
    co_await exec::run_all(std::move(one), with_.around, within, tools, ended);
    if (!not_started.empty()) { // "confirmed" would say that it works here
        with_.log.warning("widget " + id +
                          " is not confirmed: its command could not be started: " + not_started);
        co_return;
    }
    writer.finish();
    net::api::widget_result result{.id = id,
                                   .name = what.name,
                                   .section = net::http::body(std::move(section)),
                                   .until = until_};
    auto const confirmed = co_await with_.api.confirm_widget(std::move(result));
    if (confirmed) {
        with_.log.debug("widget " + id + " confirmed");
    } else {
        with_.log.warning("widget " + id + " is not confirmed: " + confirmed.error().message());
    }
}

void widget_installer::refuse(std::string const& id, std::string const& why) {
    refused_ += (refused_.empty() ? "" : "; ") + id + ": " + why;
    with_.audit.widget(id + " not added: " + why);
}

} // namespace trafikito::agent::cycle
