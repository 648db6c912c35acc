#pragma once
// The commands of one `test`, from the names that were asked for to what is shown of each. Used by
// test.cpp, when this process is whom commands run as.

#include "agent/cli/caller.hpp"
#include "agent/cli/command_line.hpp"
#include "agent/cli/measured.hpp"
#include "agent/cli/page.hpp"
#include "agent/cycle/command_lookup.hpp"
#include "agent/cycle/sections.hpp"
#include "base/log.hpp"
#include "base/output.hpp"
#include "config/settings.hpp"

#include <optional>
#include <string>
#include <vector>

namespace trafikito::agent::cli {

/// As the API would name them, with or without their prefix; all of the list when there are none.
net::api::order order_of(std::vector<std::string> const& names, config::command_list const& list);

/// Why a name asked for is none of that list, and which one is near; a line for each.
std::vector<std::string> unknown_names(std::vector<std::string> const& names,
                                       config::command_list const& list,
                                       config::settings const& settings);

class tested {
public:
    tested(config::settings const& settings, test_request const& what, cycle::local_list list,
           caller who, base::log& log);

    /// Runs them; progress on standard error, where that is a terminal.
    void run();

    /// For people.
    void print(base::console& to) const;

    /// The report as it would be sent, on `to.out` alone.
    void print_as_sent(base::console& to);

    [[nodiscard]] bool well() const;

private:
    /// Of one name.
    struct entry {
        std::string refusal; ///< why it is not run; empty when it is
        config::command const* definition = nullptr;
        std::optional<exec::result> shown; ///< the first run that failed, else the last
        std::size_t shown_run = 0;         ///< which one that is, from 1 on
    };

    void note(std::size_t section, exec::result&& ended, bool interrupted);
    void print_one(page& on, std::size_t at) const;
    static void print_output(page& on, exec::result const& of);
    [[nodiscard]] std::vector<std::string> reasons(entry const& of) const;
    [[nodiscard]] std::string last_line() const;

    config::settings const& settings_;
    test_request const& what_;
    cycle::local_list list_;
    caller who_;
    net::api::order order_;
    cycle::sections sections_; ///< of the report, for print_as_sent()
    cycle::wanted_commands wanted_;
    exec::execution_environment around_;
    std::vector<entry> entries_;
    std::vector<named_runs> runs_;
    bool interrupted_ = false;
};

} // namespace trafikito::agent::cli
