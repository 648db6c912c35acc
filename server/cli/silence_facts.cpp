// What the store and the machine say of a server that was asked for.
#include "server/cli/silence.hpp"

#include "server/cli/data_directory.hpp"
#include "server/cli/server_names.hpp"
#include "server/http/address_group.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <utility>

namespace trafikito::server::cli {

namespace {

using whose = store::refusal::whose;

std::string network_of(std::string const& address) {
    boost::system::error_code none;
    auto text = address;
    if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
        text = text.substr(1, text.size() - 2);
    }
    auto const read = boost::asio::ip::make_address(text, none);
    return none ? address : http::address_group(read);
}

std::vector<store::refusal> strangers_at(store::store& kept, std::string const& last_address) {
    return last_address.empty() ? kept.refusals(whose::address)
                                : kept.refusals(whose::address, network_of(last_address));
}

void read_server(store::store& kept, machine_facts& facts) {
    auto const& server = *facts.server;
    facts.refused = kept.refusals(whose::server, server.id);
    facts.strangers = strangers_at(kept, server.last_address);
    facts.reports = kept.count_reports(server.id);
    facts.complaint = kept.last_feedback(server.id);
}

void read_what_is_not_there(store::store& kept, machine_facts& facts) {
    facts.removed = kept.find_removed(facts.asked);
    if (!facts.removed) {
        auto all = kept.removed_servers();
        std::ranges::sort(all, {}, &store::removed_row::removed);
        for (auto& one : all) {
            if (one.name == facts.asked) {
                facts.removed = std::move(one);
            }
        }
    }
    for (auto& token : kept.tokens()) {
        if (token.server_name == facts.asked) {
            facts.tokens.push_back(std::move(token));
        }
    }
    facts.refused = kept.refusals(whose::stranger, facts.removed ? facts.removed->id : facts.asked);
    facts.strangers = kept.refusals(whose::address);
    facts.nearest = nearest_server(kept, facts.asked);
}

} // namespace

machine_facts facts_of(store::store& kept, std::filesystem::path const& data,
                       std::string const& id_or_name) {
    machine_facts facts;
    facts.asked = id_or_name;
    facts.now = kept.now();
    facts.server_itself = look_at_house(data);
    facts.server_itself.served_elsewhere = !facts.server_itself.served_by && kept.is_served();
    facts.server = kept.find_server(id_or_name);
    std::vector<store::server_row> called;
    for (auto& one : kept.servers()) {
        if (!facts.server && one.name == id_or_name) {
            called.push_back(std::move(one));
        }
    }
    if (called.size() == 1) {
        facts.server = std::move(called.front());
    }
    if (facts.server) {
        read_server(kept, facts);
        return facts;
    }
    for (auto const& one : called) {
        facts.of_that_name.push_back(one.id);
    }
    if (called.empty()) {
        read_what_is_not_there(kept, facts);
    }
    return facts;
}

} // namespace trafikito::server::cli
