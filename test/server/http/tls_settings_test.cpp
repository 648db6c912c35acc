#include "server/http/tls_settings.hpp"

#include "test/support/certificates.hpp"
#include "test/support/temporary_directory.hpp"

#include <openssl/ssl.h>

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>

namespace {

using namespace trafikito;
using server::http::pem_texts;
using server::http::server_tls;

std::string refusal_of(pem_texts const& pair) {
    try {
        server_tls(pair);
    } catch (std::runtime_error const& failed) {
        return failed.what();
    }
    return {};
}

BOOST_AUTO_TEST_SUITE(tls_settings)

BOOST_AUTO_TEST_CASE(texts_and_files_of_one_pair_do_alike) {
    test::temporary_directory const directory;
    auto const pair = test::self_signed({});
    auto of_texts = server_tls({pair.certificate, pair.key});
    auto of_files = server_tls(directory.write("one.pem", pair.certificate),
                               directory.write("one.key", pair.key));
    for (auto* const tls : {of_texts.native_handle(), of_files.native_handle()}) {
        BOOST_TEST(SSL_CTX_check_private_key(tls) == 1);
        BOOST_TEST(SSL_CTX_get_min_proto_version(tls) == TLS1_2_VERSION);
    }
}

BOOST_AUTO_TEST_CASE(the_whole_chain_is_sent) {
    test::certificate_authority const root;
    test::certificate_authority const middle("Middle", root);
    auto const pair = middle.issue({});
    auto tls = server_tls({pair.certificate + middle.certificate(), pair.key});
    STACK_OF(X509)* chain = nullptr;
    SSL_CTX_get_extra_chain_certs(tls.native_handle(), &chain);
    BOOST_TEST(sk_X509_num(chain) == 1);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_used_is_said) {
    auto const pair = test::self_signed({});
    BOOST_TEST(refusal_of({"", pair.key}).starts_with("cannot use the certificate: "));
    for (auto const& key : {std::string(), test::self_signed({}).key}) {
        BOOST_TEST(refusal_of({pair.certificate, key}).starts_with("cannot use the key (it must "));
    }
}

BOOST_AUTO_TEST_CASE(a_silent_connection_keeps_no_buffers_and_no_session_is_stored) {
    auto const pair = test::self_signed({});
    auto tls = server_tls({pair.certificate, pair.key});
    BOOST_TEST((SSL_CTX_get_mode(tls.native_handle()) & SSL_MODE_RELEASE_BUFFERS) != 0);
    BOOST_TEST(SSL_CTX_get_session_cache_mode(tls.native_handle()) == SSL_SESS_CACHE_OFF);
    BOOST_TEST((SSL_CTX_get_options(tls.native_handle()) & SSL_OP_NO_TICKET) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
