// Suite help: what --help of trafikito-server's commands looks like, and that its examples are
// right.
#include "server/cli/command_line.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <sstream>

namespace {

using namespace trafikito::server;
using words = std::vector<std::string>;

cli::exit_text ended(words arguments) {
    auto result = cli::parse_command_line(std::move(arguments));
    auto const* const text = std::get_if<cli::exit_text>(&result);
    return text == nullptr ? cli::exit_text{-1, ""} : *text;
}

std::vector<std::string> lines_of(std::string const& text) {
    std::istringstream in(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
    }
    return lines;
}

/// As a shell takes it apart: of its quotes there are only these.
words split(std::string const& line) {
    words found;
    std::string word;
    bool quoted = false;
    for (char const c : line + ' ') {
        if (c == '\'') {
            quoted = !quoted;
        } else if (c != ' ' || quoted) {
            word += c;
        } else if (!word.empty()) {
            found.push_back(std::exchange(word, {}));
        }
    }
    return found;
}

/// All commands, as completion offers them.
std::vector<words> all_commands() {
    std::vector<words> found{{}};
    for (std::size_t at = 0; at < found.size(); ++at) {
        auto asked = found[at];
        asked.emplace_back();
        for (auto const& line : lines_of(cli::complete(asked).text())) {
            auto further = found[at];
            further.push_back(line.substr(0, line.find('\t')));
            found.push_back(further);
        }
    }
    return found;
}

} // namespace

BOOST_AUTO_TEST_SUITE(help)

BOOST_AUTO_TEST_CASE(each_command_has_a_page_of_one_screen_with_two_examples_that_are_right) {
    auto const all = all_commands();
    BOOST_TEST(all.size() >= 12U);
    for (auto command : all) {
        command.emplace_back("--help");
        auto const page = ended(command);
        BOOST_TEST_CONTEXT(page.text) {
            BOOST_TEST(page.status == 0);
            auto const lines = lines_of(page.text);
            bool const long_one = command.size() == 1 || command.front() == "serve" ||
                                  command.front() == "check"; // with the options of serve
            BOOST_TEST(lines.size() <= (long_one ? 40U : 24U));
            BOOST_TEST(
                std::ranges::all_of(lines, [](auto const& one) { return one.size() <= 80; }));
            auto example = std::ranges::find(lines, "Examples:");
            std::size_t right = 0;
            while (example != lines.end() && ++example != lines.end() && !example->empty()) {
                auto typed = split(*example);
                BOOST_TEST(typed.front() == "trafikito-server");
                typed.erase(typed.begin());
                BOOST_TEST(ended(typed).status == -1, ended(typed).text);
                ++right;
            }
            BOOST_TEST(right == 2U);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_mistyped_word_names_the_nearest) {
    for (auto const& [typed, said] : std::vector<std::pair<words, std::string>>{
             {{"srevers"}, "unknown command srevers; did you mean servers?"},
             {{"servers", "renmae", "a", "b"}, "unknown command renmae; did you mean rename?"},
             {{"servers", "--jsn"}, "unknown option --jsn; did you mean --json?"},
             {{"serve", "--data", "d", "--listn", "x"},
              "unknown option --listn; did you mean --listen?"},
             {{"outputs", "a", "b"},
              "b is one word too many: `trafikito-server outputs` takes SERVER"}}) {
        auto const page = ended(typed);
        BOOST_TEST(page.status == 2);
        BOOST_TEST(page.text.starts_with("trafikito-server: error: " + said), page.text);
    }
}

BOOST_AUTO_TEST_CASE(each_option_says_what_is_wrong_with_this_value) {
    for (auto const& [typed, said] : std::vector<std::pair<std::string, std::string>>{
             {"serve --data d --listen 127.0.0.1:84430",
              "--listen 84430 is no port: a port is 1 to 65535, and 0 is any free one"},
             {"serve --data d --listen 127.0.0.1",
              "--listen 127.0.0.1 has no port: write 127.0.0.1:8443"},
             {"serve --data d --listen ::1", "--listen ::1 has no port: write [::1]:8443"},
             {"serve --data d --listen localhost:1",
              "--listen localhost is no IP address of this machine: write "
              "127.0.0.1:1, 0.0.0.0:1 or [::1]:1"},
             {"serve --data d --public-url https://h:84430",
              "--public-url https://h:84430 is no address of a server: it has the port \"84430\": "
              "a "
              "port is 1 to 65535; write https://trafikito.example:8443, without a path"},
             {"serve --data d --max-connections 1", "--max-connections 1 is no whole number from 8 "
                                                    "to 100000: write --max-connections 512"},
             {"serve --data d --log-level inf",
              "--log-level inf is none of debug, info, warning and error; did you mean info?"},
             {"serve --data d --keep 0", "--keep 0 would keep nothing: write 1d, 7d or 30d"},
             {"serve --data d --keep 7", "--keep 7 has no unit: write 7d, 7h, 7m or 7s"},
             {"serve --data d --key k", "--key needs --certificate beside it: give both"},
             {"serve --data", "--data needs a value: --data DIR"},
             {"serve", "`trafikito-server serve` needs --data DIR, as in `trafikito-server serve "
                       "--data ./data`"},
             {"outputs --last x", "--last x is no whole number from 0 to 1000000: write --last 5"},
             {"outputs --json --raw", "--json and --raw exclude each other: give one of them"},
             {"enroll-command --valid 400d",
              "--valid 400d is not within 1m and 366d: write 24h or 7d"},
             {"servers remove", "`trafikito-server servers remove` needs SERVER, as in "
                                "`trafikito-server servers remove web1`"}}) {
        auto const page = ended(split(typed));
        BOOST_TEST(page.status == 2);
        BOOST_TEST(page.text.substr(0, page.text.find('\n')) == "trafikito-server: error: " + said);
    }
}

BOOST_AUTO_TEST_SUITE_END()
