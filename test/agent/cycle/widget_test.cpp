#include "agent/cycle/widget.hpp"

#include "config/load.hpp"
#include "test/support/temporary_directory.hpp"
#include "test/support/time_zone.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

using namespace trafikito;
using agent::cycle::append_widget;
using agent::cycle::judge_widget;
using kind = agent::cycle::widget_verdict::kind;

namespace {

struct widget_fixture {
    widget_fixture() { list("trafikito_one=\"echo 1\"\n"); }

    void list(std::string const& text) const {
        auto const path = here.write("available_commands.sh", text);
        std::filesystem::permissions(path, std::filesystem::perms(0640));
    }

    agent::cycle::widget_verdict judge(std::string const& answer) const {
        auto const loaded = config::load_command_list(file);
        BOOST_REQUIRE(loaded.list.has_value());
        return judge_widget(answer, *loaded.list);
    }

    std::string append(std::string const& line) const {
        auto const judged = judge(line);
        BOOST_TEST((judged.is == kind::add), judged.why);
        return append_widget(file, judged, "w1", 1'700'000'000);
    }

    /// Nothing of the file has changed, and nothing is left beside it.
    void check_untouched(std::string const& text) const {
        BOOST_TEST(test::read_file(file) == text);
        BOOST_TEST(!std::filesystem::exists(file.string() + ".new"));
    }

    test::temporary_directory here;
    std::filesystem::path file = here.path() / "available_commands.sh";
};

std::string const one = "trafikito_one=\"echo 1\"\n";

} // namespace

BOOST_FIXTURE_TEST_SUITE(widget, widget_fixture)

BOOST_AUTO_TEST_CASE(a_valid_line_is_taken_with_or_without_its_newline) {
    for (std::string const end : {"", "\n", "\r\n", "  \n"}) {
        auto const judged = judge("trafikito_x=\"df -h | awk '{print \\$5}'\"" + end);
        BOOST_TEST((judged.is == kind::add), judged.why);
        BOOST_TEST(judged.name == "trafikito_x");
        BOOST_TEST(judged.line == "trafikito_x=\"df -h | awk '{print \\$5}'\"");
        BOOST_TEST(judged.text == "df -h | awk '{print \\$5}'");
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_single_valid_line_is_invalid) {
    for (std::string const answer :
         {"", "\n", "rm -rf /", "x=\"echo\"", "trafikito_x='echo'", "trafikito_x=\"\"",
          "trafikito_=\"echo\"", "trafikito_x=\"a\"; rm -rf /",
          "trafikito_x=\"a\"\ntrafikito_y=\"b\"", "trafikito_x=\"a\nb\"", "trafikito_x=\"a\tb\"",
          "trafikito_x=\"a\x1b[2J\"", "trafikito_x=\"\xC3\xA9\"", "trafikito_x=\"echo\\\"",
          "#trafikito_x=\"a\"", "<html>", "{\"error\":null}"}) {
        BOOST_TEST((judge(answer).is == kind::invalid), answer);
    }
    BOOST_TEST((judge(std::string("trafikito_x=\"a\0b\"", 17)).is == kind::invalid));
    BOOST_TEST((judge("trafikito_x=\"" + std::string(1'010, 'a') + "\"").is == kind::add));
    BOOST_TEST((judge("trafikito_x=\"" + std::string(1'011, 'a') + "\"").is == kind::invalid));
}

BOOST_AUTO_TEST_CASE(a_line_that_is_there_is_not_added_twice) {
    BOOST_TEST((judge(one).is == kind::present));
}

BOOST_AUTO_TEST_CASE(the_owners_names_keep_their_meaning) {
    list("trafikito_one=\"echo 1\"\ntrafikito_one=\"echo 2\"\n#: user=\ntrafikito_bad=\"id\"\n");
    BOOST_TEST((judge("trafikito_one=\"echo 2\"").is == kind::present));
    BOOST_TEST((judge("trafikito_one=\"echo 1\"").is == kind::refused));
    BOOST_TEST((judge("trafikito_one=\"echo 3\"").is == kind::refused));
    BOOST_TEST((judge("trafikito_bad=\"id\"").is == kind::refused));
}

BOOST_AUTO_TEST_CASE(what_would_run_when_the_list_is_read_is_refused) {
    for (std::string const text : {"echo `id`", "echo $(id)", "\\\\$(id)", "${x:-$(id)}"}) {
        BOOST_TEST((judge("trafikito_x=\"" + text + "\"").is == kind::refused), text);
    }
    for (std::string const text : {"echo \\`id\\`", "echo \\$(id)", "echo $HOME (x)", "echo $"}) {
        BOOST_TEST((judge("trafikito_x=\"" + text + "\"").is == kind::add), text);
    }
}

BOOST_AUTO_TEST_CASE(a_long_list_is_not_made_longer) {
    std::string text;
    for (std::size_t i = 0; i < agent::cycle::max_commands_with_widgets; ++i) {
        text += "trafikito_c" + std::to_string(i) + "=\"true\"\n";
    }
    list(text);
    BOOST_TEST((judge("trafikito_x=\"true\"").is == kind::refused));
    BOOST_TEST((judge("trafikito_c7=\"true\"").is == kind::present));
}

BOOST_AUTO_TEST_CASE(an_id_is_letters_digits_and_dashes) {
    for (auto const& id :
         std::vector<std::string>{"w1", "63e374bd-92be", "A_b", std::string(64, 'x')}) {
        BOOST_TEST(agent::cycle::is_widget_id(id), id);
    }
    for (auto const& id : std::vector<std::string>{"", "a b", "a\nb", "../x", "a\"b", "\xC3\xA9",
                                                   std::string(65, 'x')}) {
        BOOST_TEST(!agent::cycle::is_widget_id(id), id);
    }
}

BOOST_AUTO_TEST_CASE(it_is_appended_behind_a_comment_with_the_mode_that_the_file_had) {
    test::in_time_zone const zone("CET-1");
    BOOST_TEST(append("trafikito_x=\"echo x\"") == "");
    BOOST_TEST(
        test::read_file(file) ==
        one + "# widget w1 of the API, added by trafikito-agent at 2023-11-14T23:13:20.000+01:00\n"
              "trafikito_x=\"echo x\"\n");
    struct stat facts{};
    BOOST_REQUIRE(::stat(file.c_str(), &facts) == 0);
    BOOST_TEST((facts.st_mode & 07777U) == 0640U);
    BOOST_TEST(!std::filesystem::exists(file.string() + ".new"));
    BOOST_TEST((judge("trafikito_x=\"echo x\"").is == kind::present));
}

BOOST_AUTO_TEST_CASE(a_file_of_another_owner_keeps_him) {
    if (::geteuid() != 0) {
        return; // only root can give files away
    }
    // Of root's group: the owner must be root or the agent's user.
    BOOST_REQUIRE(::chown(file.c_str(), 0, 65534) == 0);
    BOOST_TEST(append("trafikito_x=\"echo x\"") == "");
    struct stat facts{};
    BOOST_REQUIRE(::stat(file.c_str(), &facts) == 0);
    BOOST_TEST(facts.st_uid == 0U);
    BOOST_TEST(facts.st_gid == 65534U);
    BOOST_REQUIRE(::chown(file.c_str(), 65534, 0) == 0);
    BOOST_TEST(append("trafikito_y=\"echo y\"").ends_with("belongs to another user"));
}

BOOST_AUTO_TEST_CASE(options_at_the_end_of_the_file_are_not_taken_for_it) {
    list(one + "#: timeout=1h user=nobody");
    BOOST_TEST(append("trafikito_x=\"echo x\"") == "");
    auto const loaded = config::load_command_list(file);
    auto const* const added = loaded.list->find("trafikito_x");
    BOOST_REQUIRE(added != nullptr);
    BOOST_TEST(!added->options.timeout.has_value());
    BOOST_TEST(!added->options.user.has_value());
}

BOOST_AUTO_TEST_CASE(a_file_that_others_can_write_is_left_alone) {
    for (unsigned const mode : {0660U, 0602U}) {
        std::filesystem::permissions(file, std::filesystem::perms(mode));
        BOOST_TEST(append("trafikito_x=\"echo x\"").find("can be written by others") !=
                   std::string::npos);
        check_untouched(one);
    }
}

BOOST_AUTO_TEST_CASE(a_link_is_left_alone) {
    auto const real = here.path() / "real.sh";
    std::filesystem::rename(file, real);
    std::filesystem::create_symlink(real, file);
    BOOST_TEST(append("trafikito_x=\"echo x\"").find("is a link") != std::string::npos);
    std::filesystem::remove(file);
    std::filesystem::create_hard_link(real, file);
    BOOST_TEST(append("trafikito_x=\"echo x\"").find("is a link") != std::string::npos);
    check_untouched(one);
}

BOOST_AUTO_TEST_CASE(a_file_that_would_become_too_large_is_left_alone) {
    auto const text = one + "#" + std::string(config::max_file_size - one.size() - 40, 'x') + "\n";
    list(text);
    BOOST_TEST(append("trafikito_x=\"echo x\"").find("larger") != std::string::npos);
    check_untouched(text);
}

BOOST_AUTO_TEST_CASE(what_a_crash_left_beside_it_does_no_harm) {
    auto const victim = here.write("victim", "mine");
    std::filesystem::create_symlink(victim, file.string() + ".new");
    BOOST_TEST(append("trafikito_x=\"echo x\"") == "");
    BOOST_TEST(test::read_file(victim) == "mine");
    BOOST_TEST(test::read_file(file).ends_with("trafikito_x=\"echo x\"\n"));
}

BOOST_AUTO_TEST_SUITE_END()
