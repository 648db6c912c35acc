#include "server/cli/server_names.hpp"

#include "base/ascii.hpp"
#include "server/cli/screen.hpp"

#include <stdexcept>

namespace trafikito::server::cli {

namespace {

bool same_but_for_case(std::string const& one, std::string const& other) {
    return base::lower(one) == base::lower(other);
}

} // namespace

void refuse_id_as_name(store::store& store, std::string const& id, std::string const& name) {
    for (auto const& each : store.servers()) {
        if (each.id != id && same_but_for_case(each.id, name)) {
            throw std::runtime_error(cell(name, 200) + " is the id of another server (" +
                                     cell(each.name, 200) + "): choose another name");
        }
    }
    for (auto const& each : store.removed_servers()) {
        if (each.id != id && same_but_for_case(each.id, name)) {
            throw std::runtime_error(cell(name, 200) + " is the id of a server that was removed (" +
                                     cell(each.name, 200) + "): choose another name");
        }
    }
}

} // namespace trafikito::server::cli
