#pragma once
// From the names of an order to command lines of the local list: the one place where what the API
// says meets what the owner wrote. A name is looked up and nothing else is ever done with it.

#include "agent/cycle/result_cache.hpp"
#include "agent/cycle/sections.hpp"
#include "base/log.hpp"
#include "config/command_list.hpp"
#include "config/settings.hpp"
#include "exec/command.hpp"
#include "net/api/order.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace trafikito::agent::cycle {

/// What the owner offers, and why nothing of it may be run, if so.
struct local_list {
    std::shared_ptr<config::command_list const> commands =
        std::make_shared<config::command_list const>(); ///< never nothing
    std::string unread;    ///< why it could not be read, in words; empty when it was
    std::string forbidden; ///< why no command may run; empty when they may
};

struct wanted_command {
    exec::command command;
    std::size_t section = 0;  ///< which one of the report its result belongs to
    bool keep_result = false; ///< in the cache, to be sent again (`every=`)
};

struct refused_name {
    std::string name; ///< printable
    std::string reason;
    /// It should have run: it stands in the list, or the list could not be read. What a list that
    /// was read does not offer should not.
    bool offered = false;
};

struct wanted_commands {
    std::vector<wanted_command> to_run;
    std::vector<refused_name> refused;
};

/// The titles of the order's sections, in the order asked: what is no name among them is made
/// printable.
std::vector<std::string> section_titles(net::api::order const& order);

/// What is to be run. Names that are not in the list, or must not be run, are refused in `all` and
/// logged once until that changes; what ran less than its `every` ago is repeated there.
wanted_commands look_up(net::api::order const& order, local_list const& list,
                        result_cache const& cache, base::clock::steady_time now, sections& all,
                        base::log& log);

/// The commands alone, as exec takes them: results come with the place in `wanted`.
std::vector<exec::command> commands_of(std::vector<wanted_command> const& wanted);

/// A command of the list as exec runs it.
exec::command to_exec(config::command const& from);

exec::limits limits_of(config::settings const& settings);

} // namespace trafikito::agent::cycle
