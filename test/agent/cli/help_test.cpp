// Suite help: what --help of trafikito-agent's commands looks like, and that its examples are
// right.
#include "agent/cli/command_line.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <sstream>
#include <utility>

namespace {

using namespace trafikito::agent;
using words = std::vector<std::string>;

/// `code` -1: there is something to run.
cli::print_and_exit ended(words arguments) {
    arguments.insert(arguments.begin(), "trafikito-agent");
    std::vector<char const*> pointers;
    std::ranges::transform(arguments, std::back_inserter(pointers), &std::string::c_str);
    auto result = cli::parse_command_line(static_cast<int>(pointers.size()), pointers.data(), {});
    auto const* const text = std::get_if<cli::print_and_exit>(&result);
    return text == nullptr ? cli::print_and_exit{"", -1} : *text;
}

std::vector<std::string> lines_of(std::string const& text) {
    std::istringstream in(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
    }
    return lines;
}

/// As a shell takes it apart: none of the examples has quotes. What is read from a file is no word.
words split(std::string const& line) {
    std::istringstream in(line);
    words found;
    for (std::string word; in >> word;) {
        if (word.front() != '<') {
            found.push_back(word);
        }
    }
    return found;
}

/// All commands, as completion offers them.
std::vector<words> all_commands() {
    std::vector<words> found{{}};
    for (auto const& line : lines_of(cli::complete({""}).text())) {
        found.push_back({line.substr(0, line.find('\t'))});
    }
    return found;
}

} // namespace

BOOST_AUTO_TEST_SUITE(help)

BOOST_AUTO_TEST_CASE(each_command_has_a_page_of_one_screen_with_two_examples_that_are_right) {
    auto const all = all_commands();
    BOOST_TEST(all.size() == 8U);
    for (auto command : all) {
        command.emplace_back("--help");
        auto const page = ended(command);
        BOOST_TEST_CONTEXT(page.text) {
            BOOST_TEST(page.code == 0);
            auto const lines = lines_of(page.text);
            BOOST_TEST(lines.size() <= (command.size() == 1 ? 40U : 24U));
            BOOST_TEST(
                std::ranges::all_of(lines, [](auto const& one) { return one.size() <= 80; }));
            auto line = std::ranges::find(lines, "Examples:");
            std::size_t right = 0;
            while (line != lines.end() && ++line != lines.end() && !line->empty()) {
                auto example = *line;
                for (; example.ends_with('\\') && ++line != lines.end(); example += *line) {
                    example.pop_back();
                }
                auto typed = split(example);
                BOOST_TEST(typed.front() == "trafikito-agent");
                typed.erase(typed.begin());
                BOOST_TEST(ended(typed).code == -1, ended(typed).text);
                ++right;
            }
            BOOST_TEST(right == 2U);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_mistyped_word_names_the_nearest) {
    for (auto const& [typed, said] : std::vector<std::pair<words, std::string>>{
             {{"statsu"}, "unknown command statsu; did you mean status?"},
             {{"status", "--jsn"}, "unknown option --jsn; did you mean --json?"},
             {{"--onc"}, "unknown option --onc; did you mean --once?"},
             {{"status", "--once"},
              "--once is an option of `trafikito-agent run`, not of `trafikito-agent status`"},
             {{"--json", "status"},
              "--json is an option of status: write it behind that word, "
              "`trafikito-agent status --json`"},
             {{"status", "now"},
              "now is one word too many: `trafikito-agent status` takes no word "
              "beside its options"}}) {
        auto const page = ended(typed);
        BOOST_TEST(page.code == 2);
        BOOST_TEST(page.text.starts_with("trafikito-agent: error: " + said + '\n'), page.text);
    }
}

BOOST_AUTO_TEST_CASE(each_option_says_what_is_wrong_with_this_value) {
    std::string const enroll = "enroll --workspace-id w --user-api-key-file k --api-url ";
    for (auto const& [typed, said] : std::vector<std::pair<std::string, std::string>>{
             {"check --config", "--config needs a value: -c, --config FILE"},
             {"check --config= --json", "--config needs a value: -c, --config FILE"},
             {"--config --once", "--config needs a value: -c, --config FILE"},
             {"test --repeat 0", "--repeat 0 is no whole number from 1 to 1000: write --repeat 3"},
             {"test --repeat x", "--repeat x is no whole number from 1 to 1000: write --repeat 3"},
             {"status --json --watch", "--json and --watch exclude each other: give one of them"},
             {enroll + "https://h:84430", "--api-url has the port \"84430\": a port is 1 to 65535"},
             {enroll + "h", "--api-url must be an address such as https://api.example.org, not "
                            "\"h\""},
             {"enroll --api-url https://h --workspace-id w",
              "`trafikito-agent enroll` needs --user-api-key-file FILE, as in `trafikito-agent "
              "enroll --api-url https://trafikito.example:8443 --workspace-id default "
              "--user-api-key-file token`"}}) {
        auto const page = ended(split(typed));
        BOOST_TEST(page.code == 2);
        BOOST_TEST(page.text.substr(0, page.text.find('\n')) == "trafikito-agent: error: " + said);
    }
}

BOOST_AUTO_TEST_CASE(the_keys_have_a_page_of_their_own) {
    auto const page = ended({"--help-keys"});
    BOOST_TEST(page.code == 0);
    BOOST_TEST(page.text.find("\n  cycle_timeout ") != std::string::npos);
    BOOST_TEST(ended({"--help"}).text.find("cycle_timeout") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
