#include "net/link/openssl_words.hpp"

#include <boost/test/unit_test.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509err.h>

using namespace trafikito::net;

BOOST_AUTO_TEST_SUITE(openssl_words)

BOOST_AUTO_TEST_CASE(words_are_there_when_they_are_asked_for) {
    link::postpone_openssl_words();
    link::postpone_openssl_words_of_tls();
    BOOST_TEST(link::openssl_words_for(ERR_PACK(ERR_LIB_SSL, 0, SSL_R_NO_SHARED_CIPHER)) ==
               "\"no shared cipher\"");
    BOOST_TEST(link::openssl_words_for(ERR_PACK(ERR_LIB_X509, 0, X509_R_KEY_VALUES_MISMATCH)) ==
               "\"key values mismatch\"");
}

BOOST_AUTO_TEST_CASE(what_has_no_words_can_be_looked_up) {
    BOOST_TEST(link::openssl_words_for(ERR_PACK(ERR_LIB_SSL, 0, 4094)) ==
               "error 0A000FFE (openssl errstr 0A000FFE names it)");
}

BOOST_AUTO_TEST_SUITE_END()
