#include "server/security/passwords.hpp"

#include "base/spawn.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace trafikito;
using server::security::password_hasher;
using server::security::wiped_text;

struct fixture {
    asio::io_context context{1};
    std::vector<std::string> ended;

    /// Its word is added to `ended` when it is there.
    void check(password_hasher& by, std::optional<std::string> hash, std::string const& password,
               std::string const& word,
               password_hasher::standing of = password_hasher::standing::stranger) {
        auto ask = [](fixture& here, password_hasher& hasher, std::optional<std::string> hashed,
                      std::string text, std::string name,
                      password_hasher::standing from) -> asio::awaitable<void> {
            auto work = hasher.check(std::move(hashed), wiped_text(text), from);
            auto const right = co_await std::move(work);
            here.ended.push_back(name + (right ? *right ? " right" : " wrong" : " full"));
        };
        base::spawn(context.get_executor(), ask(*this, by, std::move(hash), password, word, of),
                    [](std::exception_ptr const& failed) {
                        if (failed) {
                            std::rethrow_exception(failed);
                        }
                    });
    }
    [[nodiscard]] std::ptrdiff_t count(std::string const& word) const {
        return std::ranges::count(ended, word);
    }
};

std::string hash_of(std::string const& password) {
    return server::security::hash_password(wiped_text(password));
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(passwords, fixture)

BOOST_AUTO_TEST_CASE(a_password_is_known_by_its_hash_which_is_another_each_time) {
    auto const hash = hash_of("correct horse battery");
    BOOST_TEST(hash.starts_with("$argon2id$v=19$m=65536,t=2,p=1$"));
    BOOST_TEST(hash != hash_of("correct horse battery"));
    BOOST_TEST(is_password(hash, wiped_text("correct horse battery")));
    BOOST_TEST(!is_password(hash, wiped_text("correct horse batterx")));
    BOOST_TEST(!is_password(hash, wiped_text("")));
    BOOST_TEST(!is_password("", wiped_text("")));
    BOOST_TEST(!is_password("no hash", wiped_text("no hash")));
    BOOST_TEST(!is_password(std::string(1000, '$'), wiped_text("x")));
}

BOOST_AUTO_TEST_CASE(a_zero_byte_ends_no_password) {
    std::string const whole("one\0two three", 13);
    auto const hash = hash_of(whole);
    BOOST_TEST(is_password(hash, wiped_text(whole)));
    BOOST_TEST(!is_password(hash, wiped_text("one")));
}

BOOST_AUTO_TEST_CASE(short_and_long_ones_are_refused_and_characters_count) {
    using server::security::fault_of_password;
    BOOST_TEST(fault_of_password("ten bytes.").empty());
    BOOST_TEST(fault_of_password("nine byte").find("at least 10") != std::string::npos);
    BOOST_TEST(fault_of_password("ääääääääää").empty());
    BOOST_TEST(!fault_of_password("äääääääää").empty()); // 18 bytes
    BOOST_TEST(fault_of_password(std::string(1024, 'x')).empty());
    BOOST_TEST(fault_of_password(std::string(1025, 'x')).find("at most") != std::string::npos);
    BOOST_TEST(!fault_of_password("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff").empty());
}

BOOST_AUTO_TEST_CASE(what_was_held_is_overwritten) {
    std::string text(100, 'x');
    auto const* const bytes = text.data();
    server::security::wipe(text);
    BOOST_TEST(text.empty());
    BOOST_TEST(bytes == text.data());
    BOOST_TEST(std::string(bytes, 100) == std::string(100, '\0'));
    wiped_text one("short");
    wiped_text two(std::move(one));
    BOOST_TEST(two.reveal() == "short");
    wiped_text three("the one before");
    three = std::move(two);
    BOOST_TEST(three.reveal() == "short");
}

BOOST_AUTO_TEST_CASE(the_hasher_says_right_wrong_and_of_nobody_wrong) {
    password_hasher hasher(context.get_executor());
    auto const hash = hash_of("correct horse battery");
    check(hasher, hash, "correct horse battery", "one");
    check(hasher, hash, "wrong horse battery", "two");
    check(hasher, std::nullopt, "correct horse battery", "three");
    context.run();
    BOOST_TEST(ended == (std::vector<std::string>{"one right", "two wrong", "three wrong"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_crowd_of_strangers_is_bounded_and_keeps_nobody_out_who_is_known) {
    auto const hash = hash_of("correct horse battery");
    password_hasher hasher(context.get_executor(), {.waiting = 2, .spare = 1});
    for (int i = 0; i < 40; ++i) {
        check(hasher, hash, "a guess or two", "stranger");
    }
    check(hasher, hash, "correct horse battery", "owner", password_hasher::standing::known);
    context.run();
    BOOST_TEST(count("owner right") == 1);
    BOOST_TEST(count("stranger full") >= 30);
    BOOST_TEST(count("stranger wrong") >= 2);
    BOOST_TEST(ended.back() != "owner right"); // he did not wait for all of them
}

BOOST_AUTO_TEST_CASE(who_waits_when_it_ends_is_told_so) {
    auto const hash = hash_of("correct horse battery");
    {
        password_hasher hasher(context.get_executor());
        for (int i = 0; i < 8; ++i) {
            check(hasher, hash, "correct horse battery", "one");
        }
        context.poll();
    }
    context.run();
    BOOST_TEST(ended.size() == 8U);
}

BOOST_AUTO_TEST_SUITE_END()
