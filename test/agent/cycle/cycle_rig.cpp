#include "test/agent/cycle/cycle_rig.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

namespace trafikito::test {

config::settings settings_below(std::filesystem::path const& base) {
    config::settings settings;
    settings.base_dir = base;
    settings.var_dir = base / "var";
    settings.tmp_file = base / "var/trafikito.tmp";
    settings.available_commands = base / "available_commands.sh";
    std::filesystem::create_directories(settings.var_dir);
    return settings;
}

agent::cycle::cycle_outcome
run_to_its_end(std::function<agent::cycle::cycle_tools(exec::warden& warden)> const& tools_with) {
    boost::asio::io_context context;
    agent::cycle::cycle_outcome outcome;
    exec::warden warden(context.get_executor());
    boost::asio::co_spawn(context, agent::cycle::run_cycle(tools_with(warden)),
                          [&](std::exception_ptr const& failed, agent::cycle::cycle_outcome value) {
                              BOOST_TEST(!failed);
                              outcome = std::move(value);
                              warden.stop();
                          });
    context.run();
    return outcome;
}

} // namespace trafikito::test
