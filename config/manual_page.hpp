#pragma once
// Manual pages (roff, man macros): a template of deploy/man, filled from the tables that the
// programs read by. Each mark stands on a line of its own and becomes whole lines:
//
//     @SYNOPSIS@              how the program and each of its commands is called
//     @ABOUT COMMAND@         what a command does, as its help says
//     @OPTIONS COMMAND@       all options of a command, an entry each; without a COMMAND, the
//     program's
//     @OPTION COMMAND --X@    one of them; what the template says behind it belongs to it
//     @EXAMPLES COMMAND@      the examples of its help
//     @EXIT_STATUS COMMAND@   what its help says of the exit status
//
// A build tool (cmake/fill_manual.cpp) uses it. Pure text.

#include "config/help_page.hpp"

#include <string>
#include <string_view>

namespace trafikito::config {

/// Text as roff wants it: nothing of it is taken for a request or an escape.
std::string roff(std::string_view text);

/// Throws std::runtime_error where a mark names a command or an option that the program does not
/// have. Other marks stay.
std::string filled_manual(std::string_view page, CLI::App const& program);

} // namespace trafikito::config
