#pragma once
// How the program ends: the same numbers for every subcommand. --help and the manual say them from
// here.

#include <string_view>

namespace trafikito::agent::cli {

enum exit_code : int {
    ok = 0,
    failed = 1,      ///< what was asked for did not come off
    wrong = 2,       ///< the command line or the configuration: trying again does not help
    not_running = 3, ///< status: there is no daemon
    busy = 75        ///< another agent works here: EX_TEMPFAIL of sysexits.h, trying again may help
};

/// Whole sentences, behind `Exit status: `.
inline constexpr std::string_view exit_codes_text =
    "0 all went well; 1 it did not; 2 the command line or the configuration is wrong; 3 (status) "
    "the daemon does not run; 75 another agent works with the same files, or as the same server. "
    "What cannot be printed (a full disk, a closed stdout) is 1, whatever the rest came to.";

} // namespace trafikito::agent::cli
