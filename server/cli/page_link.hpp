#pragma once
// Links by which somebody comes to the page who has no password yet, or has lost it, and the words
// that go with one. Such a link is a secret: it is printed, and never logged.

#include "server/cli/way_here.hpp"
#include "server/store/store.hpp"

#include <ostream>
#include <string>
#include <string_view>

namespace trafikito::server::cli {

/// The administrator that there is when nobody was named, or is made then. Throws
/// std::runtime_error when there are several.
store::person only_administrator(store::store& kept);

/// A new one. `enters`: it is logged in, else it sets a password. What makes it whole is its
/// secret.
std::string make_link(store::store& kept, store::person const& whose, bool enters);

/// `https://HOST:8443/#/password/SECRET`.
std::string link_to(std::string_view url, std::string_view secret, bool enters);

/// That the browser will warn, and what to compare then; nothing where it will not.
void explain_certificate(way_here const& way, std::ostream& out);

} // namespace trafikito::server::cli
