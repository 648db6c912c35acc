#pragma once
// var/audit.log: what the API asked of this machine, what ran, what was refused and why, and how
// many bytes left it, so that its owner can show it. Bounded: beyond 4 MiB the older half goes.
// Times are local, with
// their offset. Holds no key, no token and no output.

#include "base/bounded_file.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::agent::persistence {

class audit {
public:
    audit(std::filesystem::path const& var_dir, base::clock& time, base::log& log);

    /// The file that has the name is looked for now (logrotate may have renamed ours), and not
    /// again in this cycle.
    void begin_cycle() { look_ = true; }

    /// `names` are to be run. `how` says on what ground, in words: an order, or that no answer came
    /// and the last one is run again.
    void ordered(std::vector<std::string> const& names, std::string_view how);
    /// One command ran: its name and how it ended, in words.
    void ran(std::string_view what);
    /// A name that the API ordered was not run.
    void refused(std::string_view name, std::string_view reason);
    /// A report was sent: which one, its size, and whether the API accepted it.
    void sent(std::string_view what);
    /// The API offered a command line, and what became of it.
    void widget(std::string_view what);
    /// The API said STOP, for that reason.
    void stopped(std::string_view reason);

private:
    void add(std::string_view event, std::string_view what);

    base::bounded_file file_;
    base::clock& time_;
    base::log& log_;
    bool look_ = true; ///< for the file that has the name
};

} // namespace trafikito::agent::persistence
