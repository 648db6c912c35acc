// The list that an API answers to an enrolment: whatever it holds, nothing but default commands
// becomes a command.
#include "agent/enrolment/proposals.hpp"
#include "config/command_list.hpp"
#include "net/api/default_commands.hpp"
#include "test/fuzz/fuzz.hpp"

#include <algorithm>

using namespace trafikito;
using namespace trafikito::fuzz;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const judged = agent::enrolment::judge_list(as_text(data, size));
    constexpr std::size_t longest = 64 * 1024;
    must(judged.text.size() <= longest, "the list is bounded");
    auto const list = config::parse_command_list(judged.text, "list");
    must(list.commands.size() == judged.commands, "what is taken are commands, each name once");
    must(list.invalid_lines.empty() && list.refused.empty(), "nothing else is but a comment");
    for (auto const& command : list.commands) {
        must(std::ranges::any_of(
                 net::api::default_commands,
                 [&](auto const& one) { return command.name == one.name && one.is(command.text); }),
             "a command is one of ours");
        must(command.options == config::command_options{}, "no option comes with it");
    }
    for (auto const& line : judged.strange) {
        must(is_one_line(line), "a line that is named is one line");
    }
    return 0;
}
