#pragma once
// The text of values.conf: which numbers are taken out of what commands print. One rule a line:
//
//     COMMAND NAME = WHERE[, OPTION]...
//
//     trafikito_queue   queued    = cell A3
//     trafikito_free    used      = row "Mem:" column "used", unit KiB
//     trafikito_df      disk_used = each row column "Use%" by "Mounted on", unit %, except "^tmpfs"
//     trafikito_vmstat  forks     = before "forks", counter
//     trafikito_uptime  load      = after "load average:" 1
//     trafikito_mailq   waiting   = regex "(\d+) Requests", chart mail
//     trafikito_status  latency   = json /checks/0/latency, unit ms
//     trafikito_used    part      = formula 100 * used / total, unit %
//     trafikito_odd     *         = nothing
//
// WHERE:
//     cell A3                 row A (the first), column 3, as the original's data sources count:
//     rows
//                             at newlines, columns at blanks and commas, a leading blank is an
//                             empty column
//     row "TEXT" column C     the first row that begins with TEXT; row 2: the second one
//     each row column C by C  a value for each row below the headings; `by` says what tells them
//     apart before "TEXT" [N]       the number before the text in its line; the N-th from there
//     after "TEXT" [N]        the number behind it; the N-th
//     number                  the first line that is a number and nothing else
//     regex "RE"              group 1, or (?P<value>…); with (?P<instance>…) every match is one of
//                             several
//     json /POINTER [by /P]   RFC 6901; * is each element
//     formula EXPRESSION      of other values of the command, + - * / and parentheses; a name that
//                             begins with _ is for formulas alone
//     nagios, prometheus      all that the output has in that form, also where it is not recognised
//     nothing                 none; of the name *, also nothing that is recognised by itself
// C:   a number (1 the first, -1 the last), a heading in double quotes, `percentage` (the first
// cell
//      of the form 42%), and behind `by` also `rest` (all behind the value's column).
// OPTIONS:
//     unit U (KiB, MB, ms… come out as bytes and seconds), chart NAME, counter (how much it grows
//     in a second), only "RE", except "RE" (rows)
//
// In double quotes, \" is a quote and every other character itself. # begins a comment. A rule
// takes the place of the ones of our own (default_rules.hpp) with its command and name; of several
// with the same command and name the first one counts that finds something.

#include "config/diagnostic.hpp"
#include "server/values/rule.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace trafikito::server::values {

inline constexpr std::size_t max_rules = 1000;
inline constexpr std::size_t max_rules_file = 1UL << 20U;

struct parsed_rules {
    std::vector<rule> list;
    std::vector<config::diagnostic> diagnostics; ///< errors all; their lines are not among `list`
};

/// `file` only names the file in diagnostics. Linear in the length of the text.
parsed_rules parse_rules(std::string_view text, std::string_view file);

} // namespace trafikito::server::values
