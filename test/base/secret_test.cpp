#include "base/secret.hpp"

#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string_view>
#include <type_traits>

namespace base = trafikito::base;
using namespace trafikito::base;
namespace {

template <class T>
concept printable = requires(std::ostream& stream, T const& value) { stream << value; };

static_assert(printable<std::string>);
static_assert(!printable<secret>);
static_assert(!std::is_convertible_v<secret, std::string>);
static_assert(!std::is_convertible_v<secret, std::string_view>);
static_assert(!std::is_convertible_v<std::string, secret>);

} // namespace

BOOST_AUTO_TEST_SUITE(secret)

BOOST_AUTO_TEST_CASE(reveals_its_text_to_who_asks) {
    BOOST_TEST(base::secret("3f0c").reveal() == "3f0c");
    BOOST_TEST(!base::secret("3f0c").empty());
    BOOST_TEST(base::secret().empty());
}

BOOST_AUTO_TEST_CASE(compares_by_text) {
    BOOST_TEST((base::secret("a") == base::secret("a")));
    BOOST_TEST((base::secret("a") != base::secret("b")));
}

BOOST_AUTO_TEST_SUITE_END()
