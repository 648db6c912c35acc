// Suite status_json: what the manual says of `status --json` is what it prints.
#include "agent/cli/status.hpp"
#include "agent/persistence/status.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <map>
#include <regex>
#include <sstream>
#include <string>

using namespace trafikito;
namespace json = boost::json;

namespace {

/// Members by their path, `commands[].runs`, with the type that the manual has for them.
using members = std::map<std::string, std::string>;

std::string type_of(json::value const& value) {
    if (value.is_object() && value.get_object().contains("wall")) {
        return "moment";
    }
    return value.is_bool()     ? "boolean"
           : value.is_string() ? "string"
           : value.is_number() ? "integer"
           : value.is_array()  ? "array"
           : value.is_object() ? "object"
                               : "null";
}

void collect(json::object const& from, std::string const& before, members& into) {
    for (auto const& [key, value] : from) {
        auto const path = before + std::string(key);
        auto const* const array = value.if_array();
        if (array != nullptr && path != "results") {
            for (auto const& one : *array) {
                collect(one.as_object(), path + "[].", into);
            }
            continue;
        }
        into[path] = type_of(value);
        if (into[path] == "object") {
            collect(value.as_object(), path + ".", into);
        }
    }
}

members of_the_manual() {
    auto const text = test::read_file(TRAFIKITO_MANUAL);
    auto const begin = text.find(".SH STATUS AS JSON\n");
    BOOST_REQUIRE(begin != std::string::npos);
    std::istringstream lines(text.substr(begin, text.find("\n.SH ", begin + 1) - begin));
    static std::regex const form(R"re(\.BR (\S+) " \(([a-z]+)( or null)?(, [a-z ]+)?\)")re");
    members all;
    std::smatch parts;
    for (std::string line; std::getline(lines, line);) {
        if (std::regex_match(line, parts, form)) {
            all[parts[1]] = parts[2];
        }
    }
    return all;
}

base::timestamp const then{std::chrono::milliseconds(1), std::chrono::milliseconds(2), "boot"};

/// With a value in every member.
agent::persistence::daemon_status full() {
    agent::persistence::daemon_status value;
    value.pid = ::getpid();
    value.start_ticks = agent::persistence::start_ticks_of(value.pid).value_or(0);
    value.started = then;
    value.cycle_began = value.next_cycle = value.cycle_ended = value.accepted = then;
    value.in_vain_since = value.waiting_since = then;
    value.answer.emplace().at = then;
    value.problems.push_back({"p", then, 1});
    value.commands.emplace_back();
    return value;
}

} // namespace

BOOST_AUTO_TEST_SUITE(status_json)

BOOST_AUTO_TEST_CASE(the_manual_describes_every_member_that_is_printed_and_no_other) {
    test::temporary_directory const here;
    (void)here.write("STOP", "removed");
    members printed;
    auto const print = [&](agent::persistence::daemon_status const& value) {
        (void)here.write("trafikito.status", agent::persistence::format_status(value));
        std::ostringstream out;
        (void)agent::cli::print_status(here.path(), true, out);
        collect(json::parse(out.str()).as_object(), "", printed);
    };
    print(full());
    auto gone = full();
    gone.ended = then;
    print(gone);
    auto const told = of_the_manual();
    for (auto const& [name, type] : printed) {
        BOOST_TEST(told.count(name) == 1U, name << " is printed and not in the manual");
    }
    for (auto const& [name, type] : told) {
        BOOST_REQUIRE_MESSAGE(printed.contains(name), name << " is in the manual alone");
        BOOST_TEST(printed.at(name) == type, name);
    }
}

BOOST_AUTO_TEST_SUITE_END()
