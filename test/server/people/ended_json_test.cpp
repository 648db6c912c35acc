#include "server/people/ended_json.hpp"

#include "server/people/json_values.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace trafikito;
namespace people = server::people;

boost::json::object ended(std::string const& members) {
    return people::ended_commands(R"([{"command":"x",)" + members + "}]").next_of("x").as_object();
}

BOOST_AUTO_TEST_SUITE(ended_json)

BOOST_AUTO_TEST_CASE(one_that_went_well) {
    auto const one = ended(R"("exitCode":0,"durationMs":20,"cpuMs":4,"peakMemory":4096,)"
                           R"("bytesSeen":10,"bytesKept":10,"timedOut":false)");
    BOOST_TEST(one.at("good").as_bool());
    BOOST_TEST(one.at("words").as_string() == "exit 0 after 20 ms");
    BOOST_TEST(one.at("exit").as_int64() == 0);
    BOOST_TEST(one.at("signal").is_null());
    BOOST_TEST(one.at("seconds").as_double() == 0.02);
    BOOST_TEST(one.at("memory_bytes").as_int64() == 4096);
    BOOST_TEST(one.at("leftovers").as_int64() == 0);
}

BOOST_AUTO_TEST_CASE(one_that_did_not) {
    auto const one = ended(R"("signal":9,"durationMs":30000,"timedOut":true,"leftoversKilled":2,)"
                           R"("unkillable":1,"ageSeconds":300)");
    BOOST_TEST(!one.at("good").as_bool());
    BOOST_TEST(one.at("signal").as_string() == "KILL");
    BOOST_TEST(one.at("timed_out").as_bool());
    BOOST_TEST(one.at("leftovers").as_int64() == 3);
    BOOST_TEST(one.at("age_seconds").as_int64() == 300);
    BOOST_TEST(ended(R"("notRun":"it is not in the list")").at("words").as_string() ==
               "not run: it is not in the list");
}

BOOST_AUTO_TEST_CASE(each_section_has_its_own) {
    people::ended_commands all(R"([{"command":"x","exitCode":1},{"command":"x","exitCode":2}])");
    BOOST_TEST(all.next_of("x").at("exit").as_int64() == 1);
    BOOST_TEST(all.next_of("x").at("exit").as_int64() == 2);
    BOOST_TEST(all.next_of("x").is_null());
    BOOST_TEST(all.next_of("y").is_null());
}

BOOST_AUTO_TEST_CASE(what_is_not_of_the_known_form_says_nothing) {
    BOOST_TEST(people::ended_commands("no json").next_of("x").is_null());
    auto const one = ended(R"("exitCode":"1","durationMs":-5,"signal":1e9,"leftoversKilled":[])");
    BOOST_TEST(one.at("exit").is_null());
    BOOST_TEST(one.at("seconds").is_null());
    BOOST_TEST(one.at("signal").is_null());
    BOOST_TEST(one.at("leftovers").as_int64() == 0);
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_text_are_replaced_and_all_others_stay) {
    BOOST_TEST(people::utf8_of("a\xff\xc3\xa9\x1b[31m<script>") ==
               "a\xef\xbf\xbd\xc3\xa9\x1b[31m<script>");
    BOOST_TEST(people::utf8_of("\xc3") == "\xef\xbf\xbd");
    BOOST_TEST(people::utf8_of(std::string_view("\0", 1)).size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
