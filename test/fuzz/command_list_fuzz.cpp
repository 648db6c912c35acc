// available_commands.sh, as the agent reads it and as the server reads what the agent sends of it.
#include "config/command_list.hpp"
#include "config/odd_text.hpp"
#include "net/api/order.hpp"
#include "server/api/available_list.hpp"
#include "test/fuzz/fuzz.hpp"

#include <set>

using namespace trafikito;
using namespace trafikito::fuzz;

namespace {

/// `whole`: what is said is of the file as a whole.
void check(config::command_list const& list, bool whole) {
    must(list.commands.size() <= config::max_commands, "a list is bounded");
    must(list.diagnostics.size() <= config::max_diagnostics + 1, "so is what is said of it");
    must(list.invalid_lines.size() <= 4096, "so are its invalid lines");
    std::set<std::string_view> names;
    for (auto const& command : list.commands) {
        must(names.insert(command.name).second, "each name is there once");
        must(list.find(command.name) == &command, "a command is found by its name");
        must(!command.text.empty() && command.text.find('"') == std::string::npos,
             "a command is what stands between two quotes");
        must(command.line.starts_with(command.name + "=\"" + command.text + "\""),
             "a line is the assignment that a shell reads");
        must(command.line.find('\n') == std::string::npos &&
                 command.line.find('\0') == std::string::npos,
             "a line is one line");
    }
    for (auto const& refused : list.refused) {
        must(names.insert(refused.name).second, "what is refused is not among the commands");
        must(!refused.reason.empty() && is_one_line(refused.reason), "a refusal has its reason");
    }
    for (auto const& one : list.diagnostics) {
        must(is_one_line(one.what) && is_one_line(one.hint), "a diagnostic is one line");
        must((one.line == 0) == whole, "a diagnostic has its place");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const text = as_text(data, size);
    auto const list = config::parse_command_list(text, "list");
    check(list, config::is_utf16(text));
    std::string sent;
    std::size_t offered = 0;
    std::set<std::string> names;
    for (auto const& line : list.valid_lines) {
        sent += line + "\n";
        // A longer name cannot be asked for.
        auto const name = line.substr(0, line.find('='));
        offered += net::api::valid_name(name) && names.insert(name).second ? 1U : 0U;
    }
    must(config::parse_command_list(sent, "list").valid_lines == list.valid_lines,
         "what is sent of a list is a list of the same lines");
    if (list.valid_lines.size() <= server::api::max_available_lines) {
        must(server::api::available_names(sent).size() == offered,
             "the server reads it the same way");
    }
    return 0;
}
