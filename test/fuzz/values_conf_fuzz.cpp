// values.conf, and what its rules make of an output: behind the first NUL byte.
#include "server/values/explain.hpp"
#include "server/values/rules_text.hpp"
#include "server/values/take.hpp"
#include "test/fuzz/fuzz.hpp"

#include <cmath>
#include <vector>

using namespace trafikito;
using namespace trafikito::fuzz;
using namespace trafikito::server::values;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const [file, output] = split(as_text(data, size), '\0');
    auto parsed = parse_rules(file, "values.conf");
    must(parsed.list.size() <= max_rules, "there are so many rules at most");
    for (auto const& one : parsed.diagnostics) {
        must(one.line != 0 && !one.what.empty(), "a slip has its place and its words");
        must(is_one_line(one.in_one_line()), "which are one line");
    }
    std::vector<command_output> outputs;
    for (auto const& one : parsed.list) {
        must(one.command.size() <= max_command && one.name.size() <= max_name, "names are bounded");
        must(is_one_line(why_nothing(one, output)), "why nothing is found is one line");
        if (outputs.empty()) {
            outputs.push_back({one.command, output});
        }
    }
    outputs.push_back({"trafikito_x", output});
    std::vector<std::string> names;
    for (auto const& one : outputs) {
        names.emplace_back(one.command); // the rules are moved
    }
    for (std::size_t at = 0; at < outputs.size(); ++at) {
        outputs[at].command = names[at];
    }
    rules const all(std::move(parsed.list));
    counters before;
    for (std::int64_t at : {0, 60'000}) {
        auto const found = take(all, outputs, before, at);
        must(found.size() <= max_values, "there are so many values at most");
        for (auto const& one : found) {
            must(std::isfinite(one.value), "a value is a number");
            must(one.instance.size() <= max_instance && is_one_line(one.instance),
                 "an instance is bounded and plain");
            must(!one.name.starts_with('_'), "what is for formulas alone is not kept");
        }
    }
    return 0;
}
