// A command of the list, as `check` reads it without a shell.
#include "config/command_lint.hpp"
#include "config/program_run.hpp"
#include "test/fuzz/fuzz.hpp"

using namespace trafikito;
using namespace trafikito::fuzz;

namespace {

void check(config::shell_commands const& found, std::size_t size) {
    must(found.commands.size() <= 512, "the commands are bounded");
    must(!found.fault || found.fault->offset < size, "a fault has its place");
    for (auto const& command : found.commands) {
        must(!command.words.empty(), "a command has a program");
        for (auto const& word : command.words) {
            must(word.offset < size, "a word has its place");
        }
        for (auto const& run : config::runs_of(command)) {
            must(run.program().known && !run.program().text.empty(), "a program has a name");
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const text = as_text(data, size);
    std::string const base = "BASEDIR=/opt/x";
    auto const read = config::read_twice(text, {&base, 1});
    must(read.first.offsets.size() == read.first.text.size() + 1, "each byte has its place");
    check(read.second, read.first.text.size());
    auto const faults = config::find_command_faults(read, {});
    must(faults.size() <= 16, "what is said is bounded");
    for (auto const& one : faults) {
        must(one.offset <= size, "a fault has its place in what was written");
        must(is_one_line(one.what) && is_one_line(one.hint), "what is said is one line");
    }
    return 0;
}
