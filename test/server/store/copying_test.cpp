// All that one database holds, in another one: between both engines.
#include "server/store/copying.hpp"

#include "net/api/report.hpp"
#include "test/server/store/store_fixture.hpp"
#include "test/support/contains.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>
#include <vector>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
namespace kept = trafikito::server::store;
using kept::access;
using kept::copy_way;
using server::security::sha256;
using test::contains;

/// What a case copies from the engine that it is about: into each of the two.
struct fixture : test::store_fixture {
    /// A database of that engine, empty.
    static test::store_place another(test::engine_kind of) {
        test::engine_of_case const about(of);
        return {};
    }
    template <typename Work>
    void into_each(Work work) const {
        for (auto const of : test::each_engine) {
            if (test::engine_of_case(of).is_here()) {
                work(another(of));
            }
        }
    }
    kept::copied copy(test::store_place const& from, test::store_place const& to,
                      copy_way how = copy_way::in_steps) const {
        auto const source = from.open_engine(access::read_only);
        auto const target = to.open_engine(access::read_write);
        return kept::copy_all(*source, *target, how);
    }
    kept::store open_in(test::store_place const& place, access wanted) const {
        return {place.open_engine(wanted), wanted, [this] { return now; }};
    }
    std::string refusal(test::store_place const& to) const {
        try {
            copy(*this, to);
        } catch (server::database::error const& why) {
            return why.what();
        }
        return "";
    }

    void fill() {
        auto store = open();
        for (std::string const id : {"s", "t", "gone", "é\"x"}) {
            store.add_server(id, "name of " + id, sha256(id));
        }
        store.set_wanted("s", std::vector<std::string>{"trafikito_df"});
        store.order_given("s",
                          {.token = "call", .from = {"192.0.2.1", "agent 1", 60s}, .facts = {}});
        for (int i = 0; i < 30; ++i) {
            now += 60s;
            add(store, "s");
            add(store, "t");
        }
        store.add_feedback("s", "code", std::string("mess\0age", 8), "\xff");
        store.remove_server("gone");
        kept::enrolment_token token;
        token.digest = sha256("token");
        token.created = now;
        token.ends = now + 1h;
        token.machines = 2;
        store.add_token(token);
        store.enrol({.token = sha256("token"),
                     .nonce = sha256("nonce"),
                     .id = "new",
                     .name = "n",
                     .key = sha256("new")});
        store.note_refusals({{.about = kept::refusal::whose::server,
                              .name = "s",
                              .kind = "too_early",
                              .first = now,
                              .last = now,
                              .address = "192.0.2.1",
                              .words = "WORDS"}});
        store.set_machine_quota(7'000'000);
    }
    void add(kept::store& to, std::string const& server) {
        auto const output = std::to_string(++count_) + std::string("\0\xff\r\n", 4);
        auto const id = "11111111-2222-4333-8444-" + std::to_string(100'000'000'000 + count_);
        kept::report_facts facts;
        facts.report_id = id;
        facts.results = R"([{"command":"trafikito_x"}])";
        facts.available = "trafikito_x='echo'";
        to.add_report(server, {{{"trafikito_x", output}}, {}}, facts);
    }
    static void check_same(kept::store one, kept::store other) {
        BOOST_TEST(other.servers().size() == one.servers().size());
        for (auto const& each : one.servers()) {
            auto const row = other.find_server(each.id).value();
            BOOST_TEST(row.name == each.name);
            BOOST_TEST((row.key == each.key && row.wanted == each.wanted));
            BOOST_TEST((row.last_report == each.last_report && row.available == each.available));
            auto const reports = one.last_reports(each.id, 1000);
            auto const copies = other.last_reports(each.id, 1000);
            BOOST_REQUIRE_EQUAL(reports.size(), copies.size());
            for (std::size_t at = 0; at < reports.size(); ++at) {
                BOOST_TEST(copies[at].id == reports[at].id);
                BOOST_TEST(other.outputs(copies[at]).at(0).bytes ==
                           one.outputs(reports[at]).at(0).bytes);
                BOOST_TEST(other.results(copies[at]) == one.results(reports[at]));
            }
        }
        BOOST_TEST(other.removed_servers().size() == one.removed_servers().size());
        BOOST_TEST(other.tokens().size() == one.tokens().size());
        BOOST_TEST(other.machine_quota() == one.machine_quota());
        BOOST_TEST(other.feedback("s").at(0).message == one.feedback("s").at(0).message);
        BOOST_TEST(other.refusals(kept::refusal::whose::server, "s").at(0).words == "WORDS");
        BOOST_TEST(other.knows_call("s", "call"));
    }

    int count_ = 0;
};

BOOST_AUTO_TEST_SUITE(copying)

TRAFIKITO_STORE_TEST_CASE(all_of_it_is_there_and_a_second_run_writes_what_came_since) {
    fill();
    into_each([this](test::store_place const& to) {
        auto const first = copy(*this, to);
        BOOST_TEST(first.servers == 4);
        BOOST_TEST(first.reports >= 60);
        BOOST_TEST(first.written == first.rows);
        check_same(open(access::read_only), open_in(to, access::read_only));
        BOOST_TEST(copy(*this, to).written == 0);
        {
            auto store = open();
            add(store, "s");
            store.rename_server("t", "another");
            store.remove_server("é\"x");
            store.set_key("t", sha256("other key"));
        }
        auto const second = copy(*this, to);
        BOOST_TEST(second.written > 0);
        BOOST_TEST(second.written < 10);
        check_same(open(access::read_only), open_in(to, access::read_only));
        auto store = open();
        store.add_server("é\"x", "again", sha256("again")); // for the next engine
    });
}

TRAFIKITO_STORE_TEST_CASE(what_was_used_is_a_copy_no_more_and_nobodys_own_is_overwritten) {
    fill();
    into_each([this](test::store_place const& to) {
        open_in(to, access::read_write).add_server("own", "own", sha256("own"));
        BOOST_TEST(contains(refusal(to), "something of its own"));
        BOOST_TEST(open_in(to, access::read_only).find_server("own").has_value());
    });
    into_each([this](test::store_place const& to) {
        copy(*this, to);
        BOOST_TEST(refusal(to).empty());
        open_in(to, access::read_write);
        BOOST_TEST(contains(refusal(to), "was used since"));
    });
}

TRAFIKITO_STORE_TEST_CASE(at_once_it_takes_the_place_of_all_that_was_there) {
    fill();
    into_each([this](test::store_place const& to) {
        {
            auto own = open_in(to, access::read_write);
            own.add_server("own", "own", sha256("own"));
            own.add_server("u", "its key is another's there", sha256("s"));
            add(own, "own");
            add(own, "u");
        }
        copy(*this, to, copy_way::at_once);
        check_same(open(access::read_only), open_in(to, access::read_write));
        BOOST_TEST(!open_in(to, access::read_only).find_server("own").has_value());
        BOOST_TEST(contains(refusal(to), "of its own")); // it is one's own from now on
    });
}

TRAFIKITO_STORE_TEST_CASE(what_comes_afterwards_has_higher_numbers) {
    fill();
    std::int64_t last = 0;
    {
        auto store = open();
        last = store.last_report_id();
    }
    into_each([&](test::store_place const& to) {
        copy(*this, to);
        auto store = open_in(to, access::read_write);
        add(store, "s");
        BOOST_TEST(store.last_report_id() > last);
        BOOST_TEST(store.last_reports("s", 1000).size() == 31U);
    });
}

// As somebody else may have written to it while it was copied.
TRAFIKITO_STORE_TEST_CASE(a_copy_that_differs_is_mended_by_another_run) {
    fill();
    into_each([this](test::store_place const& to) {
        copy(*this, to);
        to.run_raw("UPDATE reports SET bytes = bytes + 1 WHERE id = 7;"
                   "DELETE FROM report_keys; DELETE FROM calls;"
                   "UPDATE servers SET kept_bytes = 1 WHERE id = 's'");
        BOOST_TEST(copy(*this, to).written > 60);
        check_same(open(access::read_only), open_in(to, access::read_only));
    });
}

// What a damaged disk leaves, which a backup is to mend: the length and all else is the same.
TRAFIKITO_STORE_TEST_CASE(a_body_alone_that_differs_is_written_again) {
    fill();
    for (auto const how : {copy_way::in_steps, copy_way::at_once}) {
        into_each([this, how](test::store_place const& to) {
            copy(*this, to, how);
            to.run_raw("UPDATE reports SET body = (SELECT r.body FROM reports AS r WHERE r.id = 8) "
                       "WHERE id = 7");
            BOOST_TEST(copy(*this, to, how).written == 1);
            BOOST_TEST(copy(*this, to, how).written == 0);
            check_same(open(access::read_only), open_in(to, access::read_only));
        });
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
