#include "server/cli/silence_house.hpp"

#include "base/printable.hpp"
#include "base/shell_quoting.hpp"
#include "base/units.hpp"
#include "server/cli/lateness.hpp"
#include "server/cli/screen.hpp"

#include <algorithm>

namespace trafikito::server::cli {

namespace refused = store::refused;

/// Its own authority signed only what it made itself (serve without --certificate).
std::string how_to_trust(house const& house, std::string const& name) {
    if (!house.certificate) {
        return "give the agent of " + name + " the file " + (house.data / "ca.pem").string() +
               " as its ca_file, and an address that the certificate names";
    }
    auto const file = house.certificate->string();
    auto const address = ", and give it an address that the certificate names";
    return house.believed
               ? "that of " + file + " (--certificate) is of a public authority: the agent of " +
                     name +
                     " needs no ca_file, but the package ca-certificates, and the file "
                     "must hold its whole chain" +
                     address
               : "that of " + file +
                     " (--certificate) was signed by somebody else than this "
                     "server's ca.pem: give the agent of " +
                     name +
                     " the certificate of that authority as its ca_file (`openssl x509 -noout "
                     "-issuer -in " +
                     base::shell_quoted(file) + "` names it)" + address;
}

judged judge_house(machine_facts const& facts) {
    auto const& house = facts.server_itself;
    if (!house.served_by && !house.served_elsewhere) {
        auto const text =
            "no trafikito-server serves " + house.data.string() + ", so nothing is received";
        if (!house.no_start.empty()) {
            return verdict{
                "not_served",
                text + "; `trafikito-server check` finds: " + base::for_line(house.no_start, 600) +
                    "; with that mended `" + how_to_start(house.data) + "` starts it"};
        }
        return verdict{"not_served", text + ": `" + how_to_start(house.data) + "` starts it"};
    }
    if (house.pulse.is_ill()) {
        return verdict{"hangs", in_words(house.pulse, *house.served_by, house.data) +
                                    ", so nothing is received: `" +
                                    how_to_wake(house.pulse, *house.served_by, house.data) +
                                    "` mends it"};
    }
    if (!house.lost.empty()) {
        return verdict{"database_gone",
                       "the database of " + house.data.string() + " was deleted while process " +
                           std::to_string(*house.served_by) +
                           " serves it: what comes goes into a file that nobody else sees and that "
                           "ends with that process; `trafikito-server check` says how to save it"};
    }
    auto const store = std::ranges::find(facts.refused, refused::store, &store::refusal::kind);
    auto const& server = *facts.server;
    bool const fails =
        store != facts.refused.end() && (!server.last_report || store->last > *server.last_report);
    if (fails) {
        return verdict{"store", "this server cannot store what " + cell(server.name, 200) +
                                    " sends (last at " + time_in_table(store->last) +
                                    "): " + base::for_line(store->words, 300)};
    }
    if (!house.database && house.room &&
        (house.room->bytes < too_little_room || house.room->files < few_files)) {
        return verdict{"disk_full", "the disk of " + house.data.string() + " is full (" +
                                        base::in_bytes(house.room->bytes) + " and " +
                                        base::count_of(house.room->files, "file") +
                                        " left): make room there, `df -h " +
                                        base::shell_quoted(house.data.string()) +
                                        "` shows how much"};
    }
    return std::nullopt;
}

} // namespace trafikito::server::cli
