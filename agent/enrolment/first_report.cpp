#include "agent/enrolment/first_report.hpp"

#include "agent/cycle/sections.hpp"
#include "agent/cycle/shortfall.hpp"
#include "agent/daemon/session.hpp"
#include "exec/run_all.hpp"
#include "net/api/default_commands.hpp"
#include "net/api/report.hpp"

#include <unistd.h>

#include <utility>
#include <vector>

namespace trafikito::agent::enrolment {

namespace {

exec::command command_of(net::api::default_command const& one, plan const& what) {
    exec::command command;
    command.name = one.name;
    command.assignment = command.name + "=\"" + std::string(one.line) + "\"";
    if (what.user && what.user->uid != ::geteuid()) {
        command.limited.user = what.user->name;
    }
    return command;
}

} // namespace

boost::asio::awaitable<first_report> run_default_commands(plan const& what, exec::warden& warden,
                                                          on_command ended) {
    std::vector<exec::command> commands;
    std::vector<std::string> titles;
    for (auto const& one : net::api::default_commands) {
        commands.push_back(command_of(one, what));
        titles.emplace_back(one.line);
    }
    cycle::sections all(titles);
    cycle::shortfall missing(commands.size());
    first_report made;
    exec::on_result const note = [&](std::size_t index, exec::result&& result) {
        missing.note(result);
        made.well += result.end == exec::result::ending::exited && result.code == 0 ? 1 : 0;
        if (ended) {
            ended(result.name, exec::describe_ending(result));
        }
        all.finish(index, std::move(result));
    };
    config::settings defaults;
    defaults.base_dir = what.base_dir;
    auto const around = daemon::environment_of(defaults);
    auto const within = exec::limits{};
    exec::run_tools const tools{warden, what.var_dir};
    co_await exec::run_all(std::move(commands), around, within, tools, note);
    made.problem = missing.starts_in_words();
    std::string report;
    net::api::report_writer writer([&](std::string_view bytes) { report += bytes; });
    all.fit(defaults.max_report, 0);
    all.write(writer);
    made.outputs = net::http::body(std::move(report));
    co_return made;
}

} // namespace trafikito::agent::enrolment
