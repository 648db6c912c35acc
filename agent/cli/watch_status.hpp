#pragma once
// `status --watch`: the page of `status`, drawn again each second in the same place of a terminal,
// as large as that is now. Changes nothing.

#include "base/output.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace trafikito::agent::cli {

/// Until Ctrl-C or SIGTERM; then 0, with the last page on the screen and the cursor below it. 2,
/// and said why, where standard output is no terminal.
int watch_status(std::filesystem::path const& var_dir, base::console& to);

/// What draws these lines over whatever stands there: cut to `columns` and to `rows` lines, the
/// last of which says how many there are besides.
std::string frame_of(std::vector<std::string> lines, std::size_t columns, std::size_t rows);

} // namespace trafikito::agent::cli
