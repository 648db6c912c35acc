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

/// What serve says at its start of the page, and who can log in to it.
class page_news {
public:
    /// Asks the store, before it is the store thread's; on a terminal, a link is made when nobody
    /// can log in yet.
    page_news(store::store& kept, bool on_a_terminal);

    /// For the log. Empty when somebody can log in.
    [[nodiscard]] std::string to_do(std::string const& program, std::string const& data) const;
    [[nodiscard]] bool has_link() const { return !secret_.empty(); }
    /// The link, and what belongs to it. For the terminal alone.
    void print(way_here const& way, std::ostream& out) const;

private:
    bool somebody_can_log_in_;
    std::string name_;
    std::string secret_; ///< empty: there is no link
};

/// That the browser will warn, and what to compare then; nothing where it will not.
void explain_certificate(way_here const& way, std::ostream& out);

} // namespace trafikito::server::cli
