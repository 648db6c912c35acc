#include "agent/diagnosis/name_sources.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito::agent::diagnosis;
using answer = asked_server::answer;

namespace {

asked_server server(std::string address, answer is, std::string said = {}) {
    asked_server one;
    one.address = std::move(address);
    one.is = is;
    one.said = std::move(said);
    return one;
}

bool has(std::string const& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

std::string judged(std::vector<asked_server> const& all) {
    return judge_name_servers(all, "api_url in FILE");
}

} // namespace

BOOST_AUTO_TEST_SUITE(name_sources)

BOOST_AUTO_TEST_CASE(an_entry_of_hosts_is_found_by_each_of_its_names) {
    auto const* const text = "# api.example\n127.0.0.1 localhost\n"
                             "10.0.0.7\tAPI.example api # old\n::1 other # api.example\n"
                             "10.0.0.8 api.example\n";
    auto const found = find_in_hosts(text, "api.example.");
    BOOST_REQUIRE(found.size() == 2U);
    BOOST_TEST(found.front().address == "10.0.0.7");
    BOOST_TEST(lines_of(found) == "lines 3 and 5");
    BOOST_TEST(lines_of(find_in_hosts(text, "api")) == "line 3");
    BOOST_TEST(find_in_hosts(text, "old").empty());
    BOOST_TEST(find_in_hosts(text, "10.0.0.7").empty());
}

BOOST_AUTO_TEST_CASE(the_order_says_who_is_asked) {
    auto const reads = [](std::string_view sources) {
        auto const order = parse_name_order("passwd: files\nhosts: " + std::string(sources) + "\n");
        return std::string(order.reads_hosts ? "files " : "") + (order.asks_servers ? "dns" : "");
    };
    BOOST_TEST(reads("files dns") == "files dns");
    BOOST_TEST(reads("files mdns4_minimal [NOTFOUND=return] dns myhostname") == "files dns");
    BOOST_TEST(reads("files [NOTFOUND=return] dns") == "files ");
    BOOST_TEST(reads("files [ NOTFOUND = return ] dns # dns") == "files dns"); // no such spelling
    BOOST_TEST(reads("files") == "files ");
    BOOST_TEST(reads("dns") == "dns");
    BOOST_TEST(reads("myhostname") == "");
    BOOST_TEST(reads("mymachines resolve [!UNAVAIL=return] files myhostname dns") == "files dns");
    auto const usual = parse_name_order("");
    BOOST_TEST(usual.reads_hosts);
    BOOST_TEST(usual.asks_servers);
}

BOOST_AUTO_TEST_CASE(one_that_fails_is_not_one_that_is_silent) {
    auto const servfail = server("192.0.2.1", answer::fails, "it cannot find out (SERVFAIL)");
    BOOST_TEST(has(judged({servfail}), "there is one that answers (192.0.2.1: it cannot find out"));
    BOOST_TEST(has(judged({servfail, server("192.0.2.2", answer::none)}),
                   "(SERVFAIL); no answer: 192.0.2.2)"));
    BOOST_TEST(has(judged({server("192.0.2.2", answer::none)}),
                   "no name server of /etc/resolv.conf answers (192.0.2.2)"));
    BOOST_TEST(has(judged({}), "names no name server"));
}

BOOST_AUTO_TEST_CASE(one_that_knows_or_denies_decides) {
    auto const knows = server("192.0.2.1", answer::knows, "it knows the name");
    auto const denies = server("192.0.2.2", answer::denies, "there is no such name");
    BOOST_TEST(judged({knows, server("192.0.2.3", answer::fails)}).empty());
    BOOST_TEST(has(judged({denies}), "no such name: correct api_url in FILE"));
    BOOST_TEST(has(judged({denies, knows}), "do not agree (192.0.2.1: it knows the name; "));
}

BOOST_AUTO_TEST_CASE(what_is_not_read_is_named) {
    auto const entries = find_in_hosts("10.0.0.7 api.example\n", "api.example");
    auto const no_files = parse_name_order("hosts: dns\n");
    auto const found = judge_name_order(no_files, entries, "api.example", false);
    BOOST_TEST(has(found.sentence, "`hosts: dns` of /etc/nsswitch.conf does not read /etc/hosts, "
                                   "whose line 1 has api.example"));
    BOOST_TEST(has(found.command, "sed -i "));
    auto const no_dns = parse_name_order("hosts: files\n");
    BOOST_TEST(has(judge_name_order(no_dns, {}, "api.example", true).sentence,
                   "asks no name server, and one of /etc/resolv.conf knows api.example"));
    BOOST_TEST(
        judge_name_order(parse_name_order(""), entries, "api.example", true).sentence.empty());
}

BOOST_AUTO_TEST_SUITE_END()
