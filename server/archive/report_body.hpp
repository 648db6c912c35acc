#pragma once
// What a report brought, in one value: what each command printed, in the order in which it came,
// and what became of the commands. As it came, so that it is stored at once, with a checksum of all
// of it, so that nothing that a disk has changed is taken for what came; an hour later
// report_block.hpp packs it.

#include <string>
#include <string_view>
#include <vector>

namespace trafikito::server::archive {

struct output_view {
    std::string_view command;
    std::string_view bytes;
};

/// `results`: a JSON array as the agent sent it; empty: none.
std::string write_body(std::vector<output_view> const& outputs, std::string_view results);

struct body_view {
    std::vector<output_view> outputs; ///< they point into what was read
    std::string_view results;
};

/// Throws unreadable.
body_view read_body(std::string_view body);

} // namespace trafikito::server::archive
