// trafikito-server why: all that is known of a machine that does not report, and what is wrong in
// one sentence.
#include "base/printable.hpp"
#include "base/utf8.hpp"
#include "server/cli/check_parts.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/data_directory.hpp"
#include "server/cli/screen.hpp"
#include "server/cli/silence.hpp"
#include "server/database/postgres_address.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <exception>
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

/// What `check` knows of it, and with what it shows itself.
void look_closer(house& of, std::optional<std::string> const& database) {
    if (auto const options = options_of_server(of.data, of.served_by)) {
        of.certificate = options->certificate;
    }
    if (of.served_by || of.served_elsewhere) {
        return;
    }
    check_findings found;
    check_options given;
    given.data.database = database;
    try {
        (void)check_all(given, of.data, found);
    } catch (std::exception const& failed) {
        of.no_start = failed.what();
        return;
    }
    if (found.errors() != 0) {
        auto const& first = found.all().front(); // the worst one
        of.no_start =
            first.file + ": " + first.what + (first.hint.empty() ? "" : "; " + first.hint);
        of.no_start.resize(of.no_start.find_last_not_of('.') + 1);
    }
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
    auto const database = database_of(options.data);
    auto const data = database ? options.data.directory.value_or(usual_data_directory)
                               : data_or_usual(options.data);
    auto store = open_store(options.data, store::access::read_only);
    auto facts = facts_of(store, data, options.server);
    if (database) {
        facts.server_itself.database = database::shown_address(*database);
    }
    look_closer(facts.server_itself, options.data.database);
    auto const all = judge(facts);
    if (options.json) {
        to.out << base::for_json(boost::json::serialize(to_json(all))) << '\n';
    } else {
        print_silence(to.out, all, screen_width());
    }
    return all.cause == "none" ? 0 : 1;
}

} // namespace trafikito::server::cli
