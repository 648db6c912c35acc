#include "server/cli/page_link.hpp"

#include "server/cli/screen.hpp"

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

} // namespace trafikito::server::cli
