// Two processes of one PostgreSQL: what one of them renews, both have.
#include "server/cli/shared_identity.hpp"

#include "server/security/certificates.hpp"
#include "server/security/x509.hpp"
#include "test/server/store/store_fixture.hpp"
#include "test/support/contains.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>

namespace {

using namespace trafikito;
using namespace trafikito::server;
using test::contains;

constexpr auto year = std::chrono::hours(24 * 365);
constexpr auto another_key = "a-key-that-is-another-one\n";

struct identity_fixture : test::engine_of_case, test::store_place {
    identity_fixture() : engine_of_case(test::engine_kind::postgres) {
        (void)open_engine(store::access::read_write); // makes the tables
        first.start();
        second.start();
    }

    /// A process that serves.
    struct process {
        process(identity_fixture const& of, std::string const& name)
            : connection(of.connect_raw()), place(of.directory.path() / name) {
            std::filesystem::create_directory(place);
            options.data = place;
        }

        std::unique_ptr<database::connection> connection;
        std::filesystem::path place;
        cli::serve_options options;
        std::optional<cli::identity_keeper> keeper;
        std::vector<std::string> lines;
        base::log log{[this](std::string_view line) { lines.emplace_back(line); },
                      base::severity::info, base::log::format::journal};

        void start() {
            cli::share_identity(*connection, options, log);
            security::ensure_certificates(place, {"localhost"}, now());
            keeper.emplace(*connection, options);
        }
        std::string refusal() {
            try {
                start();
            } catch (std::runtime_error const& refused) {
                return refused.what();
            }
            return {};
        }
        bool look(bool meant = false) { return keeper->look(meant, now(), log); }
        [[nodiscard]] std::string has(std::string const& name) const {
            return test::read_file(place / name);
        }
        void put(std::string const& name, std::string const& content) const {
            std::ofstream(place / name) << content;
        }
        [[nodiscard]] bool said(std::string_view text) const {
            return std::ranges::any_of(
                lines, [&](std::string const& line) { return contains(line, text); });
        }
        /// Moved away, and made anew: as it would be that much later.
        void renew(std::chrono::hours later = year) const {
            std::filesystem::remove(place / "ca.pem");
            security::ensure_certificates(place, {"localhost"}, now() + later);
        }
        static base::wall_time now() { return std::chrono::system_clock::now(); }
    };

    process first{*this, "first"};
    process second{*this, "second"};

    void all_have(std::string const& name, std::string const& content) const {
        BOOST_TEST(first.has(name) == content);
        BOOST_TEST(second.has(name) == content);
        BOOST_TEST(*store::shared_file(*first.connection, name) == content);
    }
};

BOOST_FIXTURE_TEST_SUITE(shared_identity, identity_fixture,
                         *boost::unit_test::precondition(test::with_postgres()))

BOOST_AUTO_TEST_CASE(a_renewed_authority_is_that_of_all_within_a_look) {
    auto const before = first.has("ca.pem");
    second.renew(std::chrono::hours(1));
    auto const renewed = second.has("ca.pem");
    BOOST_TEST(renewed != before);
    second.look();
    BOOST_TEST(second.said("gave the renewed ca.pem"));
    first.look();
    BOOST_TEST(first.said("took the ca.pem"));
    all_have("ca.pem", renewed);
    second.lines.clear();
    second.look();
    BOOST_TEST(second.lines.empty());
}

BOOST_AUTO_TEST_CASE(one_that_was_renewed_is_given_and_taken_at_the_start_as_well) {
    second.renew(std::chrono::hours(1));
    auto const renewed = second.has("ca.pem");
    second.start();
    first.start();
    all_have("ca.pem", renewed);
}

BOOST_AUTO_TEST_CASE(an_older_one_of_the_same_key_gives_way) {
    auto const before = first.has("ca.pem");
    first.renew(std::chrono::hours(1));
    auto const renewed = first.has("ca.pem");
    first.look();
    second.look();
    first.put("ca.pem", before); // out of a backup
    first.look();
    all_have("ca.pem", renewed);
    second.put("ca.pem", before);
    second.start();
    all_have("ca.pem", renewed);
}

BOOST_AUTO_TEST_CASE(one_of_a_clock_that_was_ahead_is_not_given) {
    auto const before = first.has("ca.pem");
    first.renew(2 * year);
    first.look();
    all_have("ca.pem", before);
}

// Else each would give its own again and again.
BOOST_AUTO_TEST_CASE(where_two_clocks_do_not_agree_nobody_gives_twice) {
    second.renew(2 * year);
    auto const far = second.has("ca.pem");
    BOOST_TEST(!second.keeper->look(false, process::now() + 2 * year, second.log));
    BOOST_TEST(*store::shared_file(*first.connection, "ca.pem") == far);
    first.renew(std::chrono::hours(1));
    auto const near = first.has("ca.pem");
    first.look();
    second.keeper->look(false, process::now() + 2 * year, second.log);
    all_have("ca.pem", near);
}

BOOST_AUTO_TEST_CASE(another_authority_is_neither_given_nor_taken) {
    auto const before = first.has("ca.pem");
    test::temporary_directory const elsewhere;
    security::ensure_certificates(elsewhere.path(), {"localhost"}, process::now() + year);
    auto const other = test::read_file(elsewhere.path() / "ca.pem");
    second.put("ca.pem", other);
    second.look();
    BOOST_TEST(second.said("is not that of the others"));
    BOOST_TEST(second.has("ca.pem") == other);
    BOOST_TEST(contains(second.refusal(), "ca.pem.own"));
    BOOST_TEST(first.has("ca.pem") == before);
    BOOST_TEST(*store::shared_file(*first.connection, "ca.pem") == before);
}

BOOST_AUTO_TEST_CASE(a_copy_has_the_one_that_lasts_longer) {
    auto const before = first.has("ca.pem");
    first.renew(std::chrono::hours(1));
    auto const renewed = first.has("ca.pem");
    cli::take_identity(cli::identity_of(first.place), *second.connection);
    BOOST_TEST(*store::shared_file(*first.connection, "ca.pem") == renewed);
    cli::take_identity(cli::identity_of(second.place), *second.connection);
    BOOST_TEST(*store::shared_file(*first.connection, "ca.pem") == renewed);
    cli::take_identity(cli::identity_of(second.place), first.place);
    BOOST_TEST(first.has("ca.pem") == renewed);
    cli::take_identity(cli::identity_of(first.place), second.place);
    BOOST_TEST(second.has("ca.pem") == renewed);
    second.put("ca.pem", before);
    second.put("user_api_key", another_key);
    BOOST_CHECK_THROW(cli::take_identity(cli::identity_of(first.place), second.place),
                      std::runtime_error);
}

BOOST_AUTO_TEST_CASE(a_new_user_key_is_given_when_it_is_meant) {
    first.put("user_api_key", another_key);
    BOOST_TEST(!first.look());
    BOOST_TEST(!second.look());
    BOOST_TEST(*store::shared_file(*first.connection, "user_api_key") != another_key);
    BOOST_TEST(!first.look(true)); // it has it already
    BOOST_TEST(second.look());
    all_have("user_api_key", another_key);
    BOOST_TEST(!second.look());
    first.start();
    second.start();
}

BOOST_AUTO_TEST_CASE(two_new_user_keys_are_not_mixed_up) {
    first.put("user_api_key", another_key);
    second.put("user_api_key", "a-third-key-of-somebody-else\n");
    first.look(true);
    second.look(true);
    BOOST_TEST(second.said("is not that of the others"));
    BOOST_TEST(*store::shared_file(*first.connection, "user_api_key") == another_key);
    BOOST_TEST(contains(second.refusal(), "SIGHUP"));
}

BOOST_AUTO_TEST_CASE(what_is_no_key_is_not_given) {
    auto const before = second.has("user_api_key");
    first.put("user_api_key", "short\n");
    first.look(true);
    BOOST_TEST(first.said("must hold one line"));
    BOOST_TEST(*store::shared_file(*first.connection, "user_api_key") == before);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
