// Suite interrupted_enrolment: an enrolment by a token that is killed, refused by the disk, or by
// the API, at any step. Nothing is half-done, and the next one gets the same server.
#include "test/e2e/killed_program.hpp"
#include "test/e2e/machine.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <set>

using namespace trafikito::test;
namespace fs = std::filesystem;

namespace {

/// Whatever is there besides what an enrolment leaves for good.
std::string left_over(fs::path const& base) {
    static std::set<std::string> const known{
        "available_commands.sh", "etc", "trafikito.cfg", "api_key", "ca.pem", "var",
        "trafikito.lock"};
    std::string found;
    for (auto const& one : fs::recursive_directory_iterator(base)) {
        if (!known.contains(one.path().filename())) {
            found += one.path().filename().string() + ' ';
        }
    }
    return found;
}

struct interrupted : token_fixture {
    interrupted() { answer_with(good_identity()); }

    [[nodiscard]] std::set<std::string> nonces() const {
        std::set<std::string> all;
        for (auto const& one : api->requests()) {
            if (!one.nonce.empty()) {
                all.insert(one.nonce);
            }
        }
        return all;
    }
    void must_be_whole() const {
        BOOST_TEST(has(read_file(config()), "server_id = " + api->who().server_id + "\n"));
        BOOST_TEST(read_file(base() / "etc/api_key") == api->who().api_key + "\n");
        BOOST_TEST(read_file(list()) == proposed);
        BOOST_TEST(left_over(base()) == "");
        BOOST_TEST(nonces().size() == 1U);
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(interrupted_enrolment, interrupted)

BOOST_AUTO_TEST_CASE(a_token_comes_with_a_nonce_that_is_kept_until_the_end) {
    BOOST_TEST(exited(enroll_here({"--api-key-apart"}), 0));
    must_be_whole();
    BOOST_TEST(!has(read_file(config()), api->who().user_api_key));
}

BOOST_AUTO_TEST_CASE(killed_anywhere_it_is_done_by_the_next) {
    std::size_t number = 0;
    for (bool killed = true; killed; ++number) {
        killed = run_until(words_here({"--api-key-apart"}),
                           {"PATH=/usr/bin:/bin", "ASAN_OPTIONS=detect_leaks=0"}, number)
                     .killed;
        BOOST_TEST_CONTEXT("killed before call " << number) {
            if (fs::exists(config())) { // it has all
                BOOST_TEST(exited(enroll_here({"--api-key-apart"}), 2));
            } else {
                BOOST_TEST(exited(enroll_here({"--api-key-apart"}), 0));
            }
            BOOST_TEST(has(read_file(config()), api->who().server_id));
            BOOST_TEST(read_file(base() / "etc/api_key") == api->who().api_key + "\n");
            BOOST_TEST(read_file(list()) == proposed);
            BOOST_TEST(left_over(base()) == "");
        }
        fs::remove_all(base());
    }
    BOOST_TEST(number > 20U);
}

BOOST_AUTO_TEST_CASE(what_the_disk_does_not_take_is_taken_back) {
    for (auto const* file : {"available_commands.sh", "etc/api_key", "etc/trafikito.cfg"}) {
        auto const in_the_way = base() / (std::string(file) + ".new");
        fs::create_directories(in_the_way);
        auto const ran = enroll_here({"--api-key-apart"});
        BOOST_TEST(exited(ran, 1));
        BOOST_TEST(has(ran.err, (base() / file).string() + " cannot be written"), ran.err);
        for (auto const* other : {"available_commands.sh", "etc/api_key", "etc/trafikito.cfg"}) {
            BOOST_TEST(!fs::exists(base() / other), other);
        }
        fs::remove(in_the_way);
    }
    BOOST_TEST(exited(enroll_here({"--api-key-apart"}), 0));
    must_be_whole();
}

BOOST_AUTO_TEST_CASE(without_room_for_the_nonce_nobody_is_asked) {
    fs::create_directories(base() / "var/enroll.nonce.new");
    BOOST_TEST(exited(enroll_here(), 1));
    BOOST_TEST(api->requests().empty());
}

BOOST_AUTO_TEST_CASE(a_damaged_nonce_is_replaced) {
    (void)here.write("opt/trafikito/var/enroll.nonce", "\x01 evil\r\nX: y\n");
    BOOST_TEST(exited(enroll_here({"--api-key-apart"}), 0));
    must_be_whole();
}

BOOST_AUTO_TEST_CASE(a_refusal_is_shown_in_the_words_of_the_api) {
    api->answers(
        v2_identity,
        {{R"({"error":{"code":"#token_expired","message":"this token ended at noon"}})", 403}});
    auto const ran = enroll_here();
    BOOST_TEST(exited(ran, 1));
    BOOST_TEST(has(ran.err, "the API says this token ended at noon #token_expired"), ran.err);
    BOOST_TEST(!has(ran.err, api->who().user_api_key), ran.err);
    BOOST_TEST(!fs::exists(config()));
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_no_list_leaves_no_identity) {
    for (auto const& content : {std::string(2 * 1024 * 1024, 'x'), std::string("\0\xFF\x1B[2J", 6),
                                std::string("<html><title>Log in</title>")}) {
        api->answers(v2_list, {{content}});
        BOOST_TEST(exited(enroll_here(), 1));
        BOOST_TEST(!fs::exists(config()));
        BOOST_TEST(!fs::exists(list()));
    }
    answer_with(good_identity());
    BOOST_TEST(exited(enroll_here({"--api-key-apart"}), 0));
    must_be_whole();
}

BOOST_AUTO_TEST_CASE(an_identity_is_made_of_harmless_characters) {
    for (auto const* id :
         {"$(id)", "a;b", "'x'", "\"x\"", "a b", "`id`", "a\\b", "\xC3\xA4", "{{X}}"}) {
        api->answers(v2_identity,
                     {{"server_id = " + std::string(id) + "\napi_key = " + api->who().api_key}});
        BOOST_TEST(exited(enroll_here(), 1), id);
    }
    BOOST_TEST(!fs::exists(config()));
}

BOOST_AUTO_TEST_SUITE_END()
