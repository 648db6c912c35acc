#pragma once
// The parts of `server_load`, a file each, and what they share.

#include "test/bench/load_fleet.hpp"
#include "test/bench/load_target.hpp"
#include "test/bench/plot.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace trafikito::test::bench {

struct load_options {
    std::filesystem::path program; ///< trafikito-server
    std::filesystem::path output;  ///< a folder for the report
    bool postgres = false;
    std::size_t processes = 1;
    std::chrono::seconds time{10}; ///< of a step
    double begin = 100;            ///< cycles a second
    double most = 3000;
    double step = 100;
    bool keep = false;
    std::size_t kills = 50;
    double capacity = 0;           ///< cycles a second; 0: it is looked for
    std::vector<std::string> more; ///< for the server's command line
};

/// What was found, for the report.
struct load_findings {
    std::vector<std::string> lines; ///< Markdown
    std::vector<plot> plots;

    /// To the report and to the terminal.
    void say(std::string const& line);
};

/// A place, reports, a server and machines.
struct load_stage {
    load_stage(load_options const& options, std::filesystem::path const& directory,
               std::size_t machines, std::vector<std::string> const& more = {});

    report_texts texts;
    std::unique_ptr<load_target> target;
    std::unique_ptr<load_tls> tls;
    std::unique_ptr<load_fleet> fleet;
};

/// What a stretch of load took of the servers.
struct load_cost {
    load_result result;
    double server = 0;   ///< milliseconds of processor a cycle
    double serving = 0;  ///< of it, in the threads that serve
    double database = 0; ///< PostgreSQL's own
    double load = 0;     ///< of the load itself
    double disk = 0;     ///< bytes a report
    long memory = 0;     ///< KiB of all server processes
};

load_cost measure_load(load_stage& stage, load_plan const& plan);
std::string in_words(load_cost const& cost);
long memory_of(load_target const& target); ///< KiB

/// p99 of save_output below it, and nobody sent away.
inline constexpr double longest_save = 100;
[[nodiscard]] bool keeps_up(load_cost const& cost, load_plan const& plan);

// Each prints what it finds, and says whether all went well.
bool load_until_it_is_too_much(load_options const& options, std::filesystem::path const& directory,
                               load_findings& found);
bool load_with_idle_connections(load_options const& options, std::filesystem::path const& directory,
                                load_findings& found);
bool load_twice_as_much(load_options const& options, std::filesystem::path const& directory,
                        load_findings& found);
bool load_and_kill(load_options const& options, std::filesystem::path const& directory,
                   load_findings& found);
bool load_and_profile(load_options const& options, std::filesystem::path const& directory,
                      load_findings& found);
/// For another program that makes load: a server that stays until Ctrl-C.
bool serve_for_others(load_options const& options, std::filesystem::path const& directory,
                      load_findings& found);

} // namespace trafikito::test::bench
