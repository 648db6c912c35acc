#pragma once
// The widgets of one order, after its report (doc/protocol.md, "v2", step 4): fetched, judged,
// added to the local list, run once and confirmed. The cycle uses it when allow_widgets says so.
// Every line that is added, and what is not, is in the log at warning.

#include "agent/cycle/widget.hpp"
#include "agent/persistence/audit.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "config/command_list.hpp"
#include "config/load.hpp"
#include "config/settings.hpp"
#include "exec/command.hpp"
#include "exec/run_all.hpp"
#include "net/api/client.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <vector>

namespace trafikito::agent::cycle {

struct widget_tools {
    config::settings const& settings;
    exec::execution_environment const& around;
    net::api::client& api;
    base::clock& time;
    base::log& log;
    exec::warden& warden;
    persistence::audit& audit;
};

class widget_installer {
public:
    /// No request and no command lasts beyond `until`.
    widget_installer(widget_tools with, base::clock::steady_time until)
        : with_(with), until_(until) {}

    /// At most max_widgets_a_cycle of them; the others are named in the log. Returns what is to be
    /// fed back.
    boost::asio::awaitable<std::vector<net::api::feedback>> install(std::vector<std::string> ids);

private:
    boost::asio::awaitable<void> install_one(std::string id);
    /// Nothing where others could change what runs.
    [[nodiscard]] config::loaded_command_list read_list() const;
    bool add(std::string const& id, widget_verdict const& what);
    boost::asio::awaitable<void> run_and_confirm(std::string id, widget_verdict what);
    void refuse(std::string const& id, std::string const& why);

    widget_tools with_;
    base::clock::steady_time until_;
    std::vector<net::api::feedback> feedback_;
    std::string refused_; ///< in words, for one line of the log
};

} // namespace trafikito::agent::cycle
