#include "net/link/tls.hpp"

#include "test/net/client_fixture.hpp"
#include "test/support/contains.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito::net;
using namespace std::chrono_literals;
using namespace trafikito::test;
namespace asio = boost::asio;

namespace {

struct tls_fixture : client_fixture {
    /// The failure of a request to a peer with that certificate.
    link::failure refusal(peer_settings const& settings,
                          std::string const& origin = "https://localhost") {
        scripted_peer const peer(context, always(ok_answer("OK")), settings);
        auto const answer = send(to(peer, origin));
        BOOST_REQUIRE(answer.has_error());
        BOOST_TEST((answer.error().at == link::step::handshake));
        BOOST_TEST(answer.error().message().find("asio.ssl") == std::string::npos);
        return answer.error();
    }

    bool accepted(identity const& shown, std::string const& origin) {
        scripted_peer const peer(context, always(ok_answer("OK")), {.tls = shown});
        return send(to(peer, origin)).has_value();
    }

    static certificate_wish for_names(std::vector<std::string> names) {
        certificate_wish wish;
        wish.names = std::move(names);
        return wish;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(tls, tls_fixture)

BOOST_AUTO_TEST_CASE(a_trusted_certificate_for_the_name_or_address_is_accepted) {
    BOOST_TEST(accepted(authority.issue(for_names({"localhost"})), "https://localhost"));
    BOOST_TEST(accepted(authority.issue(for_names({"127.0.0.1"})), "https://127.0.0.1"));
    BOOST_TEST(accepted(authority.issue(for_names({"*.example.com"})), "https://api.example.com"));
    BOOST_TEST(
        accepted(authority.issue(for_names({"api.example.com"})), "https://api.example.com."));
}

BOOST_AUTO_TEST_CASE(another_name_is_refused_and_both_are_told) {
    auto const why = refusal({.tls = authority.issue(for_names({"a.example", "b.example"}))});
    BOOST_TEST(why.what == "cannot verify the certificate: it is for a.example, b.example, not for "
                           "localhost");
    BOOST_TEST(contains(why.hint, "address"));
    BOOST_TEST(contains(
        refusal({.tls = authority.issue(for_names({"localhost", "192.0.2.1", "2001:db8::1"}))},
                "https://127.0.0.1")
            .what,
        "it is for localhost, 192.0.2.1, 2001:db8::1, not for 127.0.0.1"));
    // A name is not proven by an address nor the other way round.
    refusal({.tls = authority.issue(for_names({"127.0.0.1"}))}, "https://localhost");
    refusal({.tls = authority.issue(for_names({"*.example.com"}))}, "https://a.b.example.com");
    refusal({.tls = authority.issue(for_names({"*.com"}))}, "https://example.com.evil");
}

BOOST_AUTO_TEST_CASE(an_unknown_issuer_is_named) {
    certificate_authority const other("Other Authority");
    auto const why = refusal({.tls = other.issue(for_names({"localhost"}))});
    BOOST_TEST(contains(why.what, "its issuer Other Authority is not known here"));
    BOOST_TEST(contains(why.hint, "ca_file"));
    // An authority of the same name with another key is another authority.
    certificate_authority const impostor("Test Authority");
    auto const leaf = impostor.issue(for_names({"localhost"}));
    for (auto const& chain : {leaf.certificate, leaf.certificate + impostor.certificate()}) {
        auto const anew = refusal({.tls = identity{chain, leaf.key}});
        BOOST_TEST(contains(anew.what, "the authority Test Authority that is trusted here has "
                                       "another key than the one of that name that signed it"));
        BOOST_TEST(contains(anew.hint, "was made anew, or this is another server"));
        BOOST_TEST(contains(anew.hint, "over the file of ca_file"));
        BOOST_TEST(!contains(anew.hint, "full chain"));
    }
}

BOOST_AUTO_TEST_CASE(ca_file_stands_in_place_of_the_systems_certificates) {
    http::client_settings settings;
    settings.version = "1";
    client = http::make_client(context.get_executor(), settings, names).value();
    auto const why = refusal(trusted());
    BOOST_TEST(contains(why.what, "Test Authority"));
    BOOST_TEST(contains(why.hint, "name its certificate in ca_file"));
}

BOOST_AUTO_TEST_CASE(a_name_in_the_cn_alone_is_none) {
    certificate_wish wish;
    wish.common_name = "localhost";
    auto const why = refusal({.tls = authority.issue(wish)});
    BOOST_TEST(why.what == "cannot verify the certificate: it names the server only in its CN "
                           "(localhost), which does not count; it needs a subjectAltName");
    BOOST_TEST(contains(why.hint, "subjectAltName = DNS:localhost"));
    wish.common_name = "127.0.0.1";
    BOOST_TEST(contains(refusal({.tls = authority.issue(wish)}, "https://127.0.0.1").hint,
                        "subjectAltName = IP:127.0.0.1"));
    // One that has others counts as little.
    wish.common_name = "localhost";
    wish.names = {"192.0.2.1"};
    BOOST_TEST(contains(refusal({.tls = authority.issue(wish)}).what,
                        "it is for 192.0.2.1, not for localhost"));
    // Trust in the certificate itself is no trust in its name.
    wish.names.clear();
    auto const own = self_signed(wish);
    client = make_client(own.certificate, 20s);
    BOOST_TEST(contains(refusal({.tls = own}).what, "only in its CN"));
}

BOOST_AUTO_TEST_CASE(a_part_of_a_label_is_no_wildcard) {
    BOOST_TEST(
        !accepted(authority.issue(for_names({"a*.example.com"})), "https://api.example.com"));
}

BOOST_AUTO_TEST_CASE(a_peer_that_does_not_send_its_intermediate_should) {
    certificate_authority const between("Between", authority);
    auto const leaf = between.issue(for_names({"localhost"}));
    auto const why = refusal({.tls = leaf}); // the root is known
    BOOST_TEST(contains(why.what, "its issuer Between is not known here, and the server sent no "
                                  "certificate but its own"));
    BOOST_TEST(contains(why.hint, "its operator must install the full chain"));
    BOOST_TEST(contains(why.hint, "until then ca_file must hold"));
    BOOST_TEST(accepted({leaf.certificate + between.certificate(), leaf.key}, "https://localhost"));
    // As the hint says.
    client = make_client(between.certificate(), 20s);
    BOOST_TEST(accepted(leaf, "https://localhost"));
    client = make_client(authority.certificate() + between.certificate(), 20s);
    BOOST_TEST(accepted(leaf, "https://localhost"));
}

BOOST_AUTO_TEST_CASE(whatever_stands_in_ca_file_is_an_anchor_and_nothing_else) {
    auto const leaf = authority.issue(for_names({"localhost"}));
    client = make_client(leaf.certificate, 20s);
    BOOST_TEST(accepted(leaf, "https://localhost"));
    BOOST_TEST(!accepted(leaf, "https://127.0.0.1"));
    auto const another = authority.issue(for_names({"localhost"}));
    BOOST_TEST(!accepted(another, "https://localhost"));
    certificate_authority const between("Between", authority);
    auto const below = between.issue(for_names({"localhost"}));
    BOOST_TEST(
        !accepted({below.certificate + between.certificate(), below.key}, "https://localhost"));
    auto wish = for_names({"localhost"});
    wish.valid_to = -1h;
    auto const old = authority.issue(wish);
    client = make_client(old.certificate, 20s);
    BOOST_TEST(contains(refusal({.tls = old}).what, "it expired on"));
}

BOOST_AUTO_TEST_CASE(a_pin_holds_below_an_intermediate_anchor) {
    certificate_authority const between("Between", authority);
    auto const leaf = between.issue(for_names({"localhost"}));
    http::client_settings settings;
    settings.version = "1";
    settings.ca_file = directory.write("between.pem", between.certificate()).string();
    settings.pin = "sha256/" + std::string(43, 'A') + "=";
    client = http::make_client(context.get_executor(), settings, names).value();
    auto const why = refusal({.tls = leaf});
    BOOST_TEST(contains(why.what, "no key of its chain is one that pin names"));
    settings.pin = why.what.substr(why.what.rfind("sha256"));
    client = http::make_client(context.get_executor(), settings, names).value();
    BOOST_TEST(accepted(leaf, "https://localhost"));
}

BOOST_AUTO_TEST_CASE(dates_are_told_when_a_certificate_is_out_of_them) {
    auto wish = for_names({"localhost"});
    wish.valid_from = -48h;
    wish.valid_to = -24h;
    auto const expired = refusal({.tls = authority.issue(wish)});
    BOOST_TEST(contains(expired.what, "it expired on 20"));
    BOOST_TEST(contains(expired.hint, "clock right"));
    wish.valid_from = 24h;
    wish.valid_to = 48h;
    BOOST_TEST(contains(refusal({.tls = authority.issue(wish)}).what, "it is not valid before 20"));
}

BOOST_AUTO_TEST_CASE(a_self_signed_certificate_is_refused_unless_it_is_the_ca_file) {
    auto const own = self_signed(for_names({"localhost"}));
    BOOST_TEST(contains(refusal({.tls = own}).what, "it is self-signed"));
    client = make_client(own.certificate, 20s);
    BOOST_TEST(accepted(own, "https://localhost"));
}

BOOST_AUTO_TEST_CASE(versions_before_tls_1_2_are_refused) {
    auto settings = trusted();
    settings.max_tls_version = TLS1_1_VERSION;
    BOOST_TEST(contains(refusal(settings).what, "TLS before 1.2"));
    settings.max_tls_version = TLS1_2_VERSION;
    scripted_peer const peer(context, always(ok_answer("OK")), settings);
    BOOST_TEST(send(to(peer, "https://localhost")).has_value());
}

BOOST_AUTO_TEST_CASE(plain_http_on_the_port_is_told) {
    scripted_peer const peer(context, [](conversation& with, unsigned) -> asio::awaitable<void> {
        co_await with.read_some();
        co_await with.write("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    auto const answer = send(to(peer, "https://localhost"));
    BOOST_REQUIRE(answer.has_error());
    BOOST_TEST(answer.error().what == "what answers there does not speak TLS");
    BOOST_TEST(answer.error().hint == "is the port right?");
}

BOOST_AUTO_TEST_CASE(a_peer_that_hangs_up_during_the_handshake_is_told) {
    scripted_peer const peer(context, [](conversation& with, unsigned) -> asio::awaitable<void> {
        co_await with.read_some();
    });
    auto const answer = send(to(peer, "https://localhost"));
    BOOST_REQUIRE(answer.has_error());
    BOOST_TEST((answer.error().at == link::step::handshake));
    BOOST_TEST(answer.error().what ==
               "the peer closed the connection in the middle of the handshake");
}

BOOST_AUTO_TEST_CASE(a_ca_file_that_is_none_is_told_at_once) {
    http::client_settings settings;
    settings.ca_file = (directory.path() / "missing.pem").string();
    auto const missing = http::make_client(context.get_executor(), settings, names);
    BOOST_REQUIRE(missing.has_error());
    BOOST_TEST(contains(missing.error().what, "missing.pem: No such file"));
    settings.ca_file = directory.write("junk.pem", "junk\n").string();
    auto const junk = http::make_client(context.get_executor(), settings, names);
    BOOST_REQUIRE(junk.has_error());
    BOOST_TEST(contains(junk.error().what, "holds no certificate"));
}

BOOST_AUTO_TEST_SUITE_END()
