#include "base/redactor.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito;

BOOST_AUTO_TEST_SUITE(redactor)

BOOST_AUTO_TEST_CASE(every_occurrence_of_every_secret_goes) {
    base::redactor const redact{base::secret("key-1"), base::secret("token")};
    BOOST_TEST(redact("bad key-1 (key-1) for token") == "bad … (…) for …");
    BOOST_TEST(redact("nothing of it") == "nothing of it");
    BOOST_TEST(redact("") == "");
}

BOOST_AUTO_TEST_CASE(one_that_knows_more_leaves_the_first_as_it_was) {
    base::redactor const redact{base::secret("key-1")};
    BOOST_TEST(redact.with(base::secret("token"))("key-1 token") == "… …");
    BOOST_TEST(redact("key-1 token") == "… token");
}

BOOST_AUTO_TEST_CASE(what_is_too_short_to_be_a_secret_stays) {
    base::redactor const redact{base::secret(), base::secret("abc")};
    BOOST_TEST(redact("abc is not hidden") == "abc is not hidden");
}

BOOST_AUTO_TEST_SUITE_END()
