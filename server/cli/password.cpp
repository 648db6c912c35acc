// trafikito-server password: sets the password of somebody who looks at the page, or prints a link
// by which he comes in.
#include "server/cli/commands.hpp"
#include "server/cli/data_directory.hpp"
#include "server/cli/page_link.hpp"
#include "server/cli/screen.hpp"
#include "server/cli/typed_password.hpp"
#include "server/security/passwords.hpp"

#include <stdexcept>

namespace trafikito::server::cli {

namespace {

store::person person_of(store::store& kept, std::optional<std::string> const& name) {
    if (!name) {
        return only_administrator(kept);
    }
    auto found = kept.find_person(*name);
    if (!found) {
        throw std::runtime_error("there is nobody called " + cell(*name) +
                                 ": `trafikito-server people add` lets somebody in, and "
                                 "`trafikito-server people` lists who is");
    }
    return std::move(*found);
}

way_here way_to_page(data_place const& data) {
    auto way = way_of_server(data_or_usual(data));
    if (!way.page) {
        throw std::runtime_error("the server that runs has no page for people: it was started with "
                                 "--page off");
    }
    return way;
}

int print_link(password_options const& options, store::store& kept, base::console& to) {
    auto const way = way_to_page(options.data);
    auto const whose = person_of(kept, options.name);
    bool const enters = options.by == password_options::way::log_in;
    to.out << link_to(way.url, make_link(kept, whose, enters), enters) << '\n';
    if (to.out.finish() != 0) {
        return 1;
    }
    to.err << (enters ? "Whoever opens it within ten minutes is logged in as "
                      : "Whoever opens it within an hour sets the password of ")
           << cell(whose.name) << "; it is good for once.\n";
    explain_certificate(way, to.err);
    return 0;
}

} // namespace

int run(password_options const& options, base::console& to) {
    auto kept = open_store(options.data, store::access::read_write);
    if (options.by != password_options::way::typed) {
        return print_link(options, kept, to);
    }
    auto const name = options.name ? person_of(kept, options.name).name : std::string();
    auto const shown = options.name ? cell(name) : std::string("the administrator");
    auto const hash = security::hash_password(read_new_password(shown, to.err));
    auto const whose = person_of(kept, options.name); // who is made is made with a password
    if (!kept.set_password(whose.id, hash)) {
        throw std::runtime_error(cell(whose.name) +
                                 " has gone meanwhile: somebody else removed this person");
    }
    to.out << "the password of " << cell(whose.name) << " (" << word_of(whose.role)
           << ") is set; sessions of before have ended\n";
    return 0;
}

} // namespace trafikito::server::cli
