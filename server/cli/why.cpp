// trafikito-server why: all that is known of a machine that does not report, and what is wrong in
// one sentence.
#include "base/printable.hpp"
#include "base/utf8.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/data_directory.hpp"
#include "server/cli/screen.hpp"
#include "server/cli/silence.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <ostream>

namespace trafikito::server::cli {

namespace {

boost::json::object to_json(silence const& all) {
    boost::json::array lines;
    for (auto const& one : all.lines) {
        lines.push_back({{"topic", one.topic}, {"text", one.text}, {"wrong", one.wrong}});
    }
    return {{"server", all.title},
            {"lines", std::move(lines)},
            {"cause", all.cause},
            {"sentence", all.sentence}};
}

} // namespace

void print_silence(std::ostream& out, silence const& all, std::optional<std::size_t> width) {
    std::size_t longest = 0;
    for (auto const& one : all.lines) {
        longest = std::max(longest, one.topic.size());
    }
    print_folded(out, all.title, "    ", width);
    for (auto const& one : all.lines) {
        auto text = (one.wrong ? "! " : "  ") + one.topic;
        text.append(longest - one.topic.size() + 2, ' ');
        print_folded(out, text + one.text, std::string(longest + 4, ' '), width);
    }
    out << '\n';
    print_folded(out, all.sentence, "", width);
}

int run(why_options const& options, base::console& to) {
    auto const data = data_or_usual(options.data);
    auto store = open_store(data, store::access::read_only);
    auto const all = judge(facts_of(store, data, options.server));
    if (options.json) {
        to.out << base::for_json(boost::json::serialize(to_json(all))) << '\n';
    } else {
        print_silence(to.out, all, screen_width());
    }
    return all.cause == "none" ? 0 : 1;
}

} // namespace trafikito::server::cli
