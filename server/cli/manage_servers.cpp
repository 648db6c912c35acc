// trafikito-server servers add, remove, rename and new-key: what an administrator does to the data
// of a server that runs.
#include "base/ascii.hpp"
#include "base/units.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/data_directory.hpp"
#include "server/cli/screen.hpp"
#include "server/cli/server_names.hpp"
#include "server/security/credentials.hpp"

#include <algorithm>
#include <iostream>
#include <stdexcept>

namespace trafikito::server::cli {

namespace {

std::string key_for(add_server_options const& options) {
    if (!options.api_key_file) {
        return security::random_key();
    }
    if (*options.api_key_file == "-") {
        std::string line;
        std::getline(std::cin, line);
        return security::checked_key(line, "standard input");
    }
    return security::read_key_file(*options.api_key_file);
}

/// A second server of a name is no mistake for sure, and every command that gets the name will ask
/// which one is meant.
void say_when_shared(store::store& store, std::string const& id, std::string const& name,
                     std::ostream& err) {
    auto const servers = store.servers();
    auto const* const other =
        std::ranges::find_if(servers.data(), servers.data() + servers.size(),
                             [&](auto const& each) { return each.name == name && each.id != id; });
    if (other != servers.data() + servers.size()) {
        err << "warning: " << cell(other->id, 200) << " is called " << cell(name, 200)
            << ", too: name them by their ids, or give one another name with `trafikito-server "
               "servers rename`\n";
    }
}

void refuse_name_as_id(store::store& store, std::string const& id) {
    for (auto const& each : store.servers()) {
        if (base::lower(each.name) == base::lower(id)) {
            throw std::runtime_error(cell(id, 200) + " is the name of another server (" +
                                     cell(each.id, 200) + "): choose another id");
        }
    }
}

std::runtime_error has_gone(std::string const& id) {
    return std::runtime_error("the server " + cell(id, 200) +
                              " has gone meanwhile: somebody else removed it");
}

bool is_called(store::store& store, std::string const& name) {
    auto const servers = store.servers();
    return std::ranges::any_of(servers, [&](auto const& each) { return each.name == name; });
}

/// A removal that has begun and cannot end is no removal that failed.
template <typename Work>
void finish_or_say(Work remove, std::string const& name, std::string const& id) {
    try {
        remove();
    } catch (store::store_error const& failure) {
        throw std::runtime_error(cell(name, 200) + " (" + cell(id, 200) +
                                 ") is removed, but not all that it sent is deleted yet: " +
                                 failure.what() + "; the same command goes on with it");
    }
}

/// What an earlier removal of that id left when it was interrupted, it may be told to finish.
bool finish_earlier(store::store& store, std::string const& id, base::console& to) {
    auto removed = store.find_removed(id);
    if (!removed && !is_called(store, id)) {
        for (auto& one : store.unfinished_removals()) {
            if (one.name == id) {
                removed = std::move(one);
            }
        }
    }
    if (!removed || store.find_server(id)) {
        return false;
    }
    finish_or_say([&] { store.finish_removals(); }, removed->name, removed->id);
    to.out << "removed already: " << cell(removed->name, 200) << " (" << cell(removed->id, 200)
           << "); nothing of it is left\n";
    return true;
}

} // namespace

int run(add_server_options const& options, base::console& to) {
    auto store = open_store(options.data, store::access::read_write);
    auto const id = options.server_id.value_or(security::random_uuid());
    auto const key = key_for(options);
    auto const digest = security::sha256(key);
    auto const in_use = [&] {
        return std::runtime_error("the server id " + cell(id, 200) +
                                  " or its key is in use already: choose another");
    };
    if (store.find_server(id) || store.find_server_by_key(digest)) {
        throw in_use();
    }
    refuse_name_as_id(store, id);
    refuse_id_as_name(store, id, options.name);
    to.out << "server_id = " << id << '\n';
    // A key that was handed in is known; the one made here can be seen this once and never again.
    // So there is no server before its key is printed.
    if (!options.api_key_file) {
        to.out << "api_key = " << key << '\n';
    }
    if (to.out.finish() != 0) {
        return 1;
    }
    if (!store.add_server_anew(id, options.name, digest)) {
        throw in_use();
    }
    say_when_shared(store, id, options.name, to.err);
    return 0;
}

int run(remove_server_options const& options, base::console& to) {
    auto store = open_store(options.data, store::access::read_write);
    if (finish_earlier(store, options.server, to)) {
        return 0;
    }
    auto const server = find_named_server(store, options.server);
    auto const reports = static_cast<std::size_t>(store.count_reports(server.id));
    auto const bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(0, server.kept_bytes));
    if (!store.begin_removal(server.id)) {
        throw has_gone(server.id);
    }
    finish_or_say([&] { store.finish_removal(server.id); }, server.name, server.id);
    to.out << "removed " << cell(server.name, 200) << " (" << cell(server.id, 200)
           << "): " << base::count_of(reports, "report") << ", " << base::in_bytes(bytes)
           << "; its agent is told to stop when it asks next\n";
    return 0;
}

int run(rename_server_options const& options, base::console& to) {
    auto store = open_store(options.data, store::access::read_write);
    auto const server = find_named_server(store, options.server);
    refuse_id_as_name(store, server.id, options.name);
    if (!store.rename_server(server.id, options.name)) {
        throw has_gone(server.id);
    }
    to.out << cell(server.id, 200) << " is called " << cell(options.name, 200) << " now; before, "
           << cell(server.name, 200) << '\n';
    say_when_shared(store, server.id, options.name, to.err);
    return 0;
}

int run(new_key_options const& options, base::console& to) {
    auto store = open_store(options.data, store::access::read_write);
    auto const server = find_named_server(store, options.server);
    auto const key = security::random_key();
    // As with `servers add`: the key can be seen this once, so it holds when it was printed.
    to.out << "server_id = " << cell(server.id, 200) << "\napi_key = " << key << '\n';
    if (to.out.finish() != 0) {
        return 1;
    }
    if (!store.set_key(server.id, security::sha256(key))) {
        throw has_gone(server.id);
    }
    to.err << "the key that " << cell(server.name, 200)
           << " had until now is refused. On that machine server_id stands in trafikito.cfg; put "
              "the new "
              "key alone into the file that api_key_file there names (api_key beside it), or where "
              "there "
              "is none into trafikito.cfg as api_key, and restart the agent\n";
    return 0;
}

} // namespace trafikito::server::cli
