// The command line that the API hands over for a widget: the input's first line. What follows is
// the list that it is to be added to.
#include "agent/cycle/widget.hpp"
#include "test/fuzz/fuzz.hpp"

#include <algorithm>

using namespace trafikito;
using namespace trafikito::fuzz;
using verdict = agent::cycle::widget_verdict::kind;

namespace {

/// As a POSIX shell walks through a double-quoted string (XCU 2.2.3).
bool starts_a_command(std::string_view quoted) {
    for (std::size_t at = 0; at < quoted.size(); ++at) {
        bool const substitution = quoted[at] == '`' || quoted.substr(at, 2) == "$(";
        if (substitution) {
            return true;
        }
        at += quoted[at] == '\\' ? 1 : 0;
    }
    return false;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const [answer, text] = split(as_text(data, size), '\n');
    auto const list = config::parse_command_list(text, "list");
    auto const judged = agent::cycle::judge_widget(answer, list);
    if (judged.is == verdict::invalid || judged.is == verdict::refused) {
        must(!judged.why.empty() && is_one_line(judged.why), "a refusal has its reason");
        return 0;
    }
    must(judged.line.size() <= 1024 && is_one_line(judged.line), "a line is one short line");
    must(std::ranges::all_of(judged.line, [](char c) { return c >= ' ' && c <= '~'; }),
         "a line is printable ASCII");
    must(judged.line == judged.name + "=\"" + judged.text + "\"" ||
             judged.line.starts_with(judged.name + "=\"" + judged.text + "\""),
         "a line is an assignment");
    if (judged.is == verdict::present) {
        must(list.find(judged.name) != nullptr, "what is present is in the list");
        return 0;
    }
    must(!starts_a_command(judged.text), "nothing runs when the list is read");
    must(list.find(judged.name) == nullptr, "a name of the list keeps its meaning");
    auto const longer = config::parse_command_list(judged.line + "\n", "list");
    must(longer.invalid_lines.empty() && longer.commands.size() == 1 &&
             longer.commands.front().name == judged.name &&
             longer.commands.front().text == judged.text,
         "what is added is that very command");
    must(agent::cycle::judge_widget(judged.line, longer).is == verdict::present,
         "what is added is not added twice");
    return 0;
}
