#include "server/security/certificate_keeper.hpp"

#include "test/support/certificates.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <stdexcept>
#include <sys/stat.h>

namespace {

using namespace trafikito;
using namespace trafikito::server;

constexpr auto day = std::chrono::hours(24);

struct fixture {
    test::temporary_directory directory;
    base::wall_time now = std::chrono::system_clock::now();
    std::vector<std::string> lines;
    base::log log{[this](std::string_view line) { lines.emplace_back(line); }, base::severity::info,
                  base::log::format::journal};
    std::filesystem::path certificate = directory.path() / "own.pem";
    std::filesystem::path key = directory.path() / "own.key";

    security::certificate_keeper ours() const {
        return security::certificate_keeper(
            security::own_certificate{directory.path(), {"localhost", "127.0.0.1"}});
    }
    security::certificate_keeper theirs() const {
        return security::certificate_keeper(security::given_certificate{certificate, key});
    }
    void put(test::identity const& pair) const {
        directory.write("own.pem", pair.certificate);
        set_mode(directory.write("own.key", pair.key), 0600);
    }
    static void set_mode(std::filesystem::path const& path, mode_t mode) {
        BOOST_REQUIRE(::chmod(path.c_str(), mode) == 0);
    }
    std::string content(char const* name) const { return test::read_file(directory.path() / name); }

    /// How many lines of that severity (`<4>` is a warning, `<3>` an error) hold the text.
    long said(std::string_view severity, std::string_view part) const {
        return std::count_if(lines.begin(), lines.end(), [&](std::string const& line) {
            return line.starts_with(severity) && line.find(part) != std::string::npos;
        });
    }
    /// Looks once an hour for that many days.
    void watch(security::certificate_keeper& keeper, int days) {
        for (int hour = 0; hour < 24 * days; ++hour) {
            keeper.look(now, log);
            now += std::chrono::hours(1);
        }
    }
};

test::certificate_wish wish_of(std::chrono::hours from, std::chrono::hours to) {
    test::certificate_wish wish;
    wish.names = {"localhost"};
    wish.valid_from = from;
    wish.valid_to = to;
    return wish;
}

test::identity pair_until(std::chrono::hours to) {
    return test::self_signed(wish_of(-day, to));
}

std::string failure_of(security::certificate_keeper keeper, base::wall_time now, base::log& log) {
    try {
        keeper.look(now, log);
    } catch (std::runtime_error const& failed) {
        return failed.what();
    }
    return {};
}

bool holds(std::string const& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

base::wall_time end_of(std::string const& pem) {
    return security::end_of(security::certificate_from_pem(pem).get());
}

BOOST_FIXTURE_TEST_SUITE(certificate_keeper, fixture)

BOOST_AUTO_TEST_CASE(the_first_look_gives_the_pair_and_the_next_nothing) {
    auto keeper = ours();
    auto const pair = keeper.look(now, log);
    BOOST_REQUIRE(pair.has_value());
    BOOST_TEST(pair->certificate == content("server.pem"));
    BOOST_TEST(pair->key == content("server.key"));
    BOOST_TEST(keeper.files().authority == directory.path() / "ca.pem");
    auto const before = lines.size();
    for (int i = 0; i < 3; ++i) {
        BOOST_TEST(!keeper.look(now + std::chrono::minutes(i), log));
    }
    BOOST_TEST(lines.size() == before);
}

BOOST_AUTO_TEST_CASE(ours_is_renewed_while_it_serves_thirty_days_before_its_end) {
    auto keeper = ours();
    auto const first = keeper.look(now, log);
    now += day * 794;
    BOOST_TEST(!keeper.look(now, log));
    now += day * 2;
    auto const second = keeper.look(now, log);
    BOOST_REQUIRE(second.has_value());
    BOOST_TEST(second->key == first->key);
    BOOST_TEST((end_of(second->certificate) > now + day * 820));
    BOOST_TEST(said("<6>", "was to expire within 30 days") == 1);
    BOOST_TEST(said("<4>", "") == 0);
}

BOOST_AUTO_TEST_CASE(a_clock_ahead_for_a_moment_spoils_nothing) {
    auto keeper = ours();
    keeper.look(now, log);
    auto const authority = content("ca.pem");
    BOOST_TEST(keeper.look(now + day * 365 * 20, log).has_value());
    keeper.look(now, log);
    lines.clear();
    keeper.look(now + std::chrono::minutes(1), log);
    auto const served = security::certificate_from_pem(content("server.pem"));
    BOOST_TEST((security::begin_of(served.get()) < now && security::end_of(served.get()) > now));
    BOOST_TEST(content("ca.pem") == authority);
    BOOST_TEST(lines.empty());
}

BOOST_AUTO_TEST_CASE(a_clock_that_has_lost_its_time_is_named_once_an_hour_and_not_believed) {
    auto keeper = ours();
    now = base::wall_time{};
    BOOST_REQUIRE(keeper.look(now, log).has_value());
    BOOST_TEST((end_of(content("server.pem")) >= security::earliest + day * 825));
    for (int minute = 1; minute < 60; ++minute) {
        BOOST_TEST(!keeper.look(now + std::chrono::minutes(minute), log));
    }
    BOOST_TEST(said("<3>", "clock says 19") == 1);
    BOOST_TEST(said("<3>", "") == 1);
    keeper.look(now + std::chrono::hours(1), log);
    BOOST_TEST(said("<3>", "clock says 19") == 2);
}

BOOST_AUTO_TEST_CASE(
    an_authority_that_ends_is_said_daily_and_its_certificate_is_not_made_for_ever) {
    auto keeper = ours();
    keeper.look(now, log);
    now += day * 3640;
    keeper.look(now, log);
    auto const last = content("server.pem");
    lines.clear();
    watch(keeper, 3);
    BOOST_TEST(content("server.pem") == last);
    BOOST_TEST(said("<4>", "ca.pem ends in ") == 2); // the first day's stood above
    BOOST_TEST(said("<4>", "server.pem") == 0);
    now += day * 10;
    lines.clear();
    watch(keeper, 1);
    BOOST_TEST(said("<3>", "ca.pem expired on ") == 24);
    BOOST_TEST(content("server.pem") == last);
}

BOOST_AUTO_TEST_CASE(an_authority_that_is_moved_away_has_a_successor_of_the_same_key) {
    auto keeper = ours();
    keeper.look(now, log);
    now += day * 3645;
    keeper.look(now, log);
    auto const old = content("ca.key") + content("server.key");
    std::filesystem::rename(directory.path() / "ca.pem", directory.path() / "ca.old");
    BOOST_TEST(keeper.look(now, log).has_value());
    BOOST_TEST(content("ca.key") + content("server.key") == old);
    BOOST_TEST((end_of(content("ca.pem")) > now + day * 3640));
    BOOST_TEST((end_of(content("server.pem")) > now + day * 820));
    lines.clear();
    keeper.look(now + day, log);
    BOOST_TEST(lines.empty());
}

BOOST_AUTO_TEST_CASE(an_authority_that_is_not_valid_yet_is_said_with_what_to_do_and_kept) {
    auto const own_key = security::make_key();
    auto const early = security::make_authority(own_key.get(), "Early", now);
    X509_gmtime_adj(X509_getm_notBefore(early.get()), 30L * 86400);
    X509_sign(early.get(), own_key.get(), EVP_sha256());
    directory.write("ca.key", security::to_pem(own_key.get()));
    directory.write("ca.pem", security::to_pem(early.get()));
    auto const before = content("ca.pem");
    auto keeper = ours();
    keeper.look(now, log);
    BOOST_TEST(said("<3>", "ca.pem is not valid before ") == 1);
    BOOST_TEST(said("<3>", "move the file away") == 1);
    BOOST_TEST(content("ca.pem") == before);
}

BOOST_AUTO_TEST_CASE(a_broken_file_of_ours_leaves_what_is_served) {
    auto keeper = ours();
    auto const first = keeper.look(now, log);
    directory.write("ca.key", "not a key");
    directory.write("server.pem", "");
    for (int minute = 0; minute < 60; ++minute) {
        BOOST_TEST(!keeper.look(now + std::chrono::minutes(minute), log));
    }
    BOOST_TEST(said("<3>", "ca.key is not an unencrypted private key") == 1);
    BOOST_TEST(content("ca.key") == "not a key");
}

BOOST_AUTO_TEST_CASE(keys_that_are_gone_while_it_serves_are_missed_and_not_replaced) {
    struct {
        std::vector<char const*> gone;
        char const* missed;
    } const cases[] = {
        {{"ca.key", "ca.pem", "server.key", "server.pem"}, "ca.key is gone: put it back"},
        {{"ca.key"}, "ca.key is gone: put it back"},
        {{"server.key"}, "server.key is gone: put it back"},
    };
    for (auto const& one : cases) {
        auto keeper = ours();
        keeper.look(now, log);
        lines.clear();
        for (auto const* name : one.gone) {
            std::filesystem::rename(directory.path() / name,
                                    directory.path() / (std::string(name) + ".away"));
        }
        BOOST_TEST(!keeper.look(now, log));
        BOOST_TEST(said("<3>", one.missed) == 1, one.missed);
        BOOST_TEST(said("<3>", "") == 1);
        for (auto const* name : one.gone) {
            BOOST_TEST(!std::filesystem::exists(directory.path() / name), name);
            std::filesystem::rename(directory.path() / (std::string(name) + ".away"),
                                    directory.path() / name);
        }
        BOOST_TEST(!keeper.look(now, log)); // what is served already
    }
}

BOOST_AUTO_TEST_CASE(what_was_made_while_the_clock_was_ahead_is_not_kept_silently) {
    auto keeper = ours();
    keeper.look(now + day * 365 * 30, log);
    auto const authority = content("ca.pem");
    lines.clear();
    BOOST_TEST(keeper.look(now, log).has_value());
    BOOST_TEST(said("<6>", "it was made while the clock was ahead") == 1);
    BOOST_TEST(said("<4>", "the clock was ahead when it was made") == 1);
    watch(keeper, 2);
    BOOST_TEST(said("<4>", "move the file away") == 2);
    BOOST_TEST(content("ca.pem") == authority);
    std::filesystem::rename(directory.path() / "ca.pem", directory.path() / "ca.old");
    keeper.look(now, log);
    BOOST_TEST(said("<6>", "made a certificate authority, ") == 1);
    lines.clear();
    keeper.look(now + day, log);
    BOOST_TEST(lines.empty());
}

BOOST_AUTO_TEST_CASE(ones_own_is_served_anew_when_its_files_change) {
    auto const first = pair_until(day * 90);
    put(first);
    auto keeper = theirs();
    BOOST_TEST((keeper.look(now, log) == security::pem_pair{first.certificate, first.key}));
    BOOST_TEST(keeper.files().authority.empty());
    BOOST_TEST(!keeper.look(now, log));
    auto const second = pair_until(day * 120);
    put(second);
    BOOST_TEST((keeper.look(now, log) == security::pem_pair{second.certificate, second.key}));
    BOOST_TEST(said("<6>", "serving the certificate " + certificate.string()) == 2);
    BOOST_TEST(said("<3>", "") + said("<4>", "") == 0);
}

BOOST_AUTO_TEST_CASE(a_key_that_others_may_read_is_not_taken_while_it_serves_either) {
    put(pair_until(100 * day));
    auto keeper = theirs();
    keeper.look(now, log);
    set_mode(key, 0644);
    BOOST_TEST(!keeper.look(now, log));
    BOOST_TEST(said("<3>", "others can read the key " + key.string()) == 1);
    put(pair_until(200 * day));
    set_mode(key, 0604);
    BOOST_TEST((!keeper.look(now, log) && ::chmod(key.c_str(), 0640) == 0));
    BOOST_TEST(keeper.look(now, log).has_value());
}

BOOST_AUTO_TEST_CASE(a_key_of_ours_that_was_put_back_readable_is_mended_and_that_is_said) {
    auto keeper = ours();
    keeper.look(now, log);
    for (auto const* name : {"server.key", "ca.key"}) {
        set_mode(directory.path() / name, 0644);
        keeper.look(now, log);
        BOOST_TEST(said("<4>", std::string(name) + " could be read by others, and no longer") == 1);
        auto const status = std::filesystem::status(directory.path() / name);
        BOOST_TEST(static_cast<unsigned>(status.permissions()) == 0600U);
    }
}

BOOST_AUTO_TEST_CASE(half_of_a_pair_is_not_served_and_is_said_once_an_hour) {
    auto const first = pair_until(day * 90);
    auto const second = pair_until(day * 120);
    put(first);
    auto keeper = theirs();
    keeper.look(now, log);
    directory.write("own.pem", second.certificate);
    watch(keeper, 1);
    BOOST_TEST(said("<3>", "does not begin with the certificate of that key") == 24);
    BOOST_TEST(said("<3>", certificate.string()) == 24);
    directory.write("own.key", second.key);
    BOOST_TEST((keeper.look(now, log) == security::pem_pair{second.certificate, second.key}));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_used_keeps_the_old_pair_and_is_named) {
    auto const good = pair_until(day * 90);
    auto const chained = good.certificate + pair_until(day * 90).certificate;
    struct {
        std::string certificate;
        std::string key;
        std::string reason;
    } const wrong[] = {
        {"", good.key, "own.pem"},
        {"garbage", good.key, "no certificate in PEM form"},
        {good.certificate.substr(0, good.certificate.size() / 2), good.key, "cut off"},
        {chained.substr(0, chained.size() - 60), good.key, "cut off"},
        {good.certificate, "", "own.key: it is not an unencrypted private key"},
        {good.certificate, good.key.substr(0, 60), "own.key: it is not"},
        {good.certificate, pair_until(day).key, "does not begin with the certificate"},
        {std::string(2UL * 1024 * 1024, 'x'), good.key, "own.pem"},
    };
    put(good);
    auto keeper = theirs();
    keeper.look(now, log);
    for (auto const& one : wrong) {
        lines.clear();
        now += std::chrono::hours(1); // several are told in the same words
        put({one.certificate, one.key});
        BOOST_TEST(!keeper.look(now, log));
        BOOST_TEST(said("<3>", one.reason) == 1, one.reason);
        BOOST_TEST(holds(failure_of(theirs(), now, log), one.reason));
    }
    lines.clear();
    now += std::chrono::hours(1);
    std::filesystem::remove(certificate);
    BOOST_TEST(!keeper.look(now, log));
    BOOST_TEST(said("<3>", certificate.string() + " is not there") == 1);
    put(good);
    BOOST_TEST(!keeper.look(now, log)); // what is served already
}

BOOST_AUTO_TEST_CASE(the_end_of_ones_own_is_said_daily_from_the_twenty_first_day_on) {
    put(pair_until(day * 25));
    auto keeper = theirs();
    watch(keeper, 3);
    BOOST_TEST(said("<4>", "") == 0);
    watch(keeper, 4);
    BOOST_TEST(said("<4>", "own.pem ends in ") == 3);
    BOOST_TEST(said("<4>", " days, on ") == 3);
    auto const next = pair_until(day * 12);
    put(next);
    BOOST_TEST(keeper.look(now - day * 7, log).has_value());
    BOOST_TEST(said("<4>", "own.pem ends in 11 days, on ") == 1); // at once: it is another one
}

BOOST_AUTO_TEST_CASE(an_expired_one_is_said_at_start_and_hourly_and_served_all_the_same) {
    put(pair_until(std::chrono::hours(-1)));
    auto keeper = theirs();
    BOOST_TEST(keeper.look(now, log).has_value());
    BOOST_TEST(said("<3>", "own.pem expired on ") == 1);
    for (int minute = 1; minute <= 120; ++minute) {
        keeper.look(now + std::chrono::minutes(minute), log);
    }
    BOOST_TEST(said("<3>", "own.pem expired on ") == 3);
}

BOOST_AUTO_TEST_CASE(one_that_is_not_valid_yet_is_said_with_what_the_clock_says) {
    put(test::self_signed(wish_of(day * 2, day * 90)));
    auto keeper = theirs();
    keeper.look(now, log);
    BOOST_TEST(said("<3>", "own.pem is not valid before ") == 1);
    BOOST_TEST(said("<3>", "This machine's clock says ") == 1);
}

BOOST_AUTO_TEST_CASE(every_certificate_of_the_chain_is_watched) {
    test::certificate_authority const authority;
    auto pair = authority.issue(wish_of(-day, day * 90));
    pair.certificate += pair_until(day * 5).certificate;
    put(pair);
    auto keeper = theirs();
    keeper.look(now, log);
    BOOST_TEST(said("<4>", "the certificate of CN = peer in the chain in " + certificate.string() +
                               " ends in ") == 1);
}

BOOST_AUTO_TEST_CASE(one_without_a_subject_alt_name_is_told_once) {
    put(test::self_signed({}));
    auto keeper = theirs();
    keeper.look(now, log);
    keeper.look(now, log);
    BOOST_TEST(said("<4>", "subjectAltName") == 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
