#include "config/completion.hpp"

#include "test/config/table_of_commands.hpp"

#include <boost/test/unit_test.hpp>

using trafikito::config::candidate;

namespace {

struct completion_fixture : trafikito::test::table_of_commands {
    /// The words alone, a blank behind each.
    std::string offered(std::vector<std::string> const& words,
                        std::vector<candidate> const& values = {}) const {
        trafikito::config::completion asked(program, words);
        asked.offer(values);
        std::string result;
        auto const text = asked.text();
        for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
            result += text.substr(at, text.find_first_of("\t\n", at) - at) + ' ';
        }
        return result;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(completion, completion_fixture)

BOOST_AUTO_TEST_CASE(commands_and_what_they_do) {
    BOOST_TEST(trafikito::config::completion(program, {"l"}).text() == "look\tLook at some\n");
    BOOST_TEST(offered({}) == "look pumps ");
    BOOST_TEST(offered({"pumps", ""}) == "add ");
    BOOST_TEST(offered({"pumps", "x"}) == "");
}

BOOST_AUTO_TEST_CASE(options_but_those_that_stand_there) {
    BOOST_TEST(offered({"look", "-"}) == "--config --json --text --help ");
    BOOST_TEST(offered({"look", "--json", "--"}) == "--config --text --help ");
    BOOST_TEST(offered({"pumps", "add", "--n"}) == "--name ");
    BOOST_TEST(offered({"look", "--", "--"}) == "");
}

BOOST_AUTO_TEST_CASE(where_a_file_may_stand_the_shell_is_asked_for_files) {
    BOOST_TEST(offered({"look", "--config", "/et"}) == ":files ");
    BOOST_TEST(offered({"look", "-c", ""}) == ":files ");
    BOOST_TEST(offered({"look", "--config=/et"}) == ":files ");
}

BOOST_AUTO_TEST_CASE(values_that_the_program_knows) {
    trafikito::config::completion const asked(program, {"look", "-c", "f", "a", "b"});
    BOOST_TEST(asked.named_command() == "look");
    BOOST_TEST(asked.value() == "NAME");
    BOOST_TEST(asked.begun() == "b");
    BOOST_TEST(asked.given("--config").value() == "f");
    BOOST_TEST(!asked.given("--name").has_value());
    std::vector<candidate> const known{{"abc", ""}, {"abd", ""}, {"b", ""}};
    BOOST_TEST(offered({"look", "ab"}, known) == "abc abd ");
    BOOST_TEST(offered({"look", "abc", "ab"}, known) == "abd ");
    BOOST_TEST(offered({"pumps", "add", "--name=a"}, known) == "--name=abc --name=abd ");
}

BOOST_AUTO_TEST_CASE(a_hostile_name_stays_in_its_line) {
    BOOST_TEST(offered({"look", "a"}, {{"a\nb\x1b[31m", "c\td"}}) == "a b?[31m ");
}

BOOST_AUTO_TEST_SUITE_END()
