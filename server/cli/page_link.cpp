#include "server/cli/page_link.hpp"

#include "server/cli/screen.hpp"

#include <algorithm>
#include <stdexcept>

namespace trafikito::server::cli {

namespace {

constexpr char const* usual_name = "admin";

} // namespace

store::person only_administrator(store::store& kept) {
    std::optional<store::person> found;
    for (auto& each : kept.people()) {
        if (each.role != store::person_role::administrator) {
            continue;
        }
        if (found) {
            throw std::runtime_error("there are several administrators: name one of them "
                                     "(`trafikito-server people` lists them)");
        }
        found = std::move(each);
    }
    if (!found) {
        found = kept.add_person(usual_name, store::person_role::administrator);
    }
    if (!found) {
        throw std::runtime_error(std::string(usual_name) +
                                 " is a reader, and there is no administrator: make one, "
                                 "`trafikito-server people add NAME --role administrator`");
    }
    return std::move(*found);
}

std::string make_link(store::store& kept, store::person const& whose, bool enters) {
    auto secret = security::random_secret();
    kept.add_link(security::sha256(secret), whose.id, enters);
    return secret;
}

std::string link_to(std::string_view url, std::string_view secret, bool enters) {
    return std::string(url) + (enters ? "/#/enter/" : "/#/password/") + std::string(secret);
}

void explain_certificate(way_here const& way, std::ostream& out) {
    if (way.believed) {
        return;
    }
    out << "The browser will warn: the certificate is this server's own, and no authority that "
           "browsers know vouches for it.\n";
    if (!way.fingerprint.empty()) {
        out << "Look at the certificate there before you go on. It is this server if its SHA-256 "
               "fingerprint is\n  "
            << way.fingerprint << '\n';
    }
    out << "A certificate that browsers know is shown with `serve --certificate FILE --key "
           "FILE`.\n";
}

page_news::page_news(store::store& kept, bool on_a_terminal)
    : somebody_can_log_in_(kept.has_working_administrator()) {
    if (somebody_can_log_in_ || !on_a_terminal) {
        return;
    }
    // Of several without a password, the first.
    auto const people = kept.people();
    auto const first = std::ranges::find_if(
        people, [](auto const& one) { return one.role == store::person_role::administrator; });
    auto const whose = first != people.end() ? *first : only_administrator(kept);
    name_ = whose.name;
    secret_ = make_link(kept, whose, false);
}

std::string page_news::to_do(std::string const& program, std::string const& data) const {
    if (somebody_can_log_in_ || !secret_.empty()) {
        return {};
    }
    return "nobody can log in to the page yet: run `" + program + " password --data " + data + "`";
}

void page_news::print(way_here const& way, std::ostream& out) const {
    out << "\nNobody can log in to the page yet. Whoever opens this link within an hour sets the "
           "password of "
        << cell(name_) << ":\n\n  " << link_to(way.url, secret_, false) << "\n\n";
    explain_certificate(way, out);
    out << '\n';
}

} // namespace trafikito::server::cli
