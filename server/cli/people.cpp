// trafikito-server people, people add and people remove: who may look at the page.
#include "base/printable.hpp"
#include "base/shell_quoting.hpp"
#include "base/time_text.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/data_directory.hpp"
#include "server/cli/page_link.hpp"
#include "server/cli/screen.hpp"
#include "server/security/directory_lock.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <exception>
#include <stdexcept>

namespace trafikito::server::cli {

namespace {

boost::json::object to_json(store::person const& one) {
    boost::json::object object;
    object["name"] = one.name;
    object["role"] = boost::json::string(word_of(one.role));
    object["password"] = one.password.has_value();
    object["made"] = base::utc_time(one.created);
    object["seen"] = nullptr;
    if (one.seen) {
        object["seen"] = base::utc_time(*one.seen);
    }
    return object;
}

/// The way to a page that is there now.
std::optional<way_here> way_if_served(data_place const& data) {
    try {
        auto way = way_of_server(data_or_usual(data));
        return way.page ? std::optional(std::move(way)) : std::nullopt;
    } catch (std::exception const&) {
        return std::nullopt;
    }
}

} // namespace

int run(people_options const& options, base::console& to) {
    auto kept = open_store(options.data, store::access::read_only);
    auto const people = kept.people();
    if (options.json) {
        boost::json::array list;
        for (auto const& one : people) {
            list.push_back(to_json(one));
        }
        to.out << base::for_json(boost::json::serialize(list)) << '\n';
        return 0;
    }
    if (people.empty()) {
        to.out << "nobody can look at the page yet: `trafikito-server password` makes an "
                  "administrator\n";
        return 0;
    }
    std::vector<std::vector<std::string>> rows{{"NAME", "ROLE", "PASSWORD", "MADE", "SEEN"}};
    for (auto const& one : people) {
        rows.push_back({cell(one.name), std::string(word_of(one.role)),
                        one.password ? "set" : "none yet", time_in_table(one.created),
                        one.seen ? time_in_table(*one.seen) : "-"});
    }
    print_table(to.out, rows, screen_width());
    return 0;
}

int run(add_person_options const& options, base::console& to) {
    auto kept = open_store(options.data, store::access::read_write);
    auto const made = kept.add_person(options.name, options.role);
    if (!made) {
        throw std::runtime_error(cell(options.name) +
                                 " is there already: `trafikito-server people` lists who is");
    }
    auto const way = way_if_served(options.data);
    if (!way) {
        to.out << "added " << cell(made->name) << " (" << word_of(made->role)
               << "); `trafikito-server password " << as_options(options.data) << cell(made->name)
               << "` sets the password\n";
        return 0;
    }
    to.out << link_to(way->url, make_link(kept, *made, false), false) << '\n';
    if (to.out.finish() != 0) {
        return 1;
    }
    to.err << "Whoever opens it within an hour sets the password of " << cell(made->name) << " ("
           << word_of(made->role) << "); it is good for once.\n";
    explain_certificate(*way, to.err);
    return 0;
}

int run(remove_person_options const& options, base::console& to) {
    auto kept = open_store(options.data, store::access::read_write);
    switch (kept.remove_person(options.name)) {
    case store::removal::unknown:
        throw std::runtime_error("there is nobody called " + cell(options.name) +
                                 ": `trafikito-server people` lists who is");
    case store::removal::last_administrator:
        throw std::runtime_error(cell(options.name) +
                                 " is the last administrator: add another one first, "
                                 "`trafikito-server people add NAME --role administrator`");
    case store::removal::removed:
        break;
    }
    to.out << "removed " << cell(options.name) << ": all sessions have ended\n";
    return 0;
}

} // namespace trafikito::server::cli
