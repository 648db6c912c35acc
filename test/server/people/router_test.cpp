#include "server/people/router.hpp"

#include "server/people/answers.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <tuple>
#include <variant>

namespace {

using namespace trafikito;
namespace people = server::people;

struct fixture {
    people::router routes;
    fixture() {
        for (char const* const path :
             {"/", "/api/v1/machines", "/api/v1/machines/{}", "/api/v1/machines/{}/outputs/{}"}) {
            routes.add({"GET", path, people::access::reader, {}});
        }
        routes.add({"DELETE", "/api/v1/machines/{}", people::access::administrator, {}});
    }
    /// The path that answers, with what stood for its parts; `-` for none.
    [[nodiscard]] std::string answering(std::string_view method, std::string_view path) const {
        auto const result = routes.find(method, path);
        if (auto const* const one = std::get_if<people::router::found>(&result)) {
            std::string text = one->what->method + " " + one->what->path;
            for (auto const& each : one->parts) {
                text += " [" + each + "]";
            }
            return text;
        }
        auto const* const others = std::get_if<people::router::other_methods>(&result);
        return others == nullptr ? "-" : "allows " + others->allowed;
    }
};

people::call with_query(std::string const& name, std::string const& value) {
    people::call one;
    one.query.emplace(name, value);
    return one;
}

BOOST_FIXTURE_TEST_SUITE(router, fixture)

BOOST_AUTO_TEST_CASE(what_stands_for_a_part_is_decoded) {
    BOOST_TEST(answering("GET", "/api/v1/machines") == "GET /api/v1/machines");
    BOOST_TEST(answering("GET", "/api/v1/machines/a%20b") == "GET /api/v1/machines/{} [a b]");
    BOOST_TEST(answering("GET", "/api/v1/machines/a%2Fb/outputs/c") ==
               "GET /api/v1/machines/{}/outputs/{} [a/b] [c]");
    BOOST_TEST(answering("HEAD", "/api/v1/machines") == "GET /api/v1/machines");
    BOOST_TEST(answering("GET", "/") == "GET /");
}

BOOST_AUTO_TEST_CASE(nothing_else_is_found) {
    for (char const* const path : {"/healthz", "", "//", "/api/v1/machines/", "/api/v1/machines//",
                                   "/api/v1", "/api/v1/machinesx", "/api/v1/machines/%zz",
                                   "/api/v1/machines/a/outputs", "/api/v1/machines/a/outputs/"}) {
        BOOST_TEST(answering("GET", path) == "-", path);
    }
}

BOOST_AUTO_TEST_CASE(who_asks_by_another_method_hears_which_there_are) {
    BOOST_TEST(answering("POST", "/api/v1/machines/a") == "allows GET, HEAD, DELETE");
    BOOST_TEST(answering("DELETE", "/api/v1/machines/a") == "DELETE /api/v1/machines/{} [a]");
}

BOOST_AUTO_TEST_CASE(a_number_is_whole_and_within_its_bounds) {
    BOOST_TEST(with_query("at", "17").number("at", 0, 20).value() == 17);
    BOOST_TEST(!with_query("at", "17").number("to", 0, 20).has_value());
    for (char const* const text : {"", "-1", "21", "1.5", "1e3", " 1", "99999999999999999999"}) {
        BOOST_CHECK_THROW(std::ignore = with_query("at", text).number("at", 0, 20),
                          people::failure);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
