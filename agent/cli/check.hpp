#pragma once
// `trafikito-agent check`: reads every file that the daemon would read and says everything that is
// wrong. Changes nothing and speaks to nobody.

#include "agent/cli/command_line.hpp"
#include "base/output.hpp"

#include <string>
#include <vector>

namespace trafikito::agent::cli {

/// exit_code::ok when the daemon could run with it, exit_code::wrong when something is an error
/// (with `strict` a warning is one). `to` learns of the secrets in the files before anything is
/// said of them.
///
/// As text: a message each, the errors first, and last what was looked at with the numbers of both.
/// As JSON, one object:
///
///     {"findings":[{"severity":"error","file":"/opt/x.cfg","line":4,"column":12,"text":"…",
///                   "hint":"…","excerpt":"interval = 5 parsec"}],
///      "summary":{"config":"/opt/x.cfg","found_by":"…","server_id":"…","api":"API v2 at …",
///                 "commands":3,"interval_ms":60000,"errors":1,"warnings":0,"ok":false}}
///
/// `line` and `column` are null where there is none, `hint` and `excerpt` empty; of the summary
/// what could not be read is null.
int check(check_request const& what, std::vector<std::string> const& environment,
          base::console& to);

} // namespace trafikito::agent::cli
