// trafikito-server check: all that serve would read and need, looked at with the eyes of the user
// that owns the data; nothing is changed.
#include "base/file.hpp"
#include "base/printable.hpp"
#include "config/diagnostic_json.hpp"
#include "server/cli/check_parts.hpp"
#include "server/cli/command_line.hpp"
#include "server/cli/data_directory.hpp"
#include "server/cli/owner_eyes.hpp"
#include "server/cli/unit_options.hpp"
#include "server/security/directory_lock.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <exception>
#include <utility>

namespace trafikito::server::cli {

namespace {

using level = check_findings::level;

constexpr std::size_t max_unit_file = 64UL * 1024;
constexpr int wrong = 2;

struct chosen_options {
    serve_options options;
    std::string from;    ///< where they stand; empty: they were given
    bool broken = false; ///< they cannot be read
};

std::optional<found_options> usual_options(std::filesystem::path const& data,
                                           std::optional<int> served_by) {
    if (served_by && *served_by != 0) {
        return options_of_process(*served_by);
    }
    if (data != usual_data_directory) {
        return std::nullopt;
    }
    auto const text = base::read_file(unit_options_file, max_unit_file);
    return options_in(text.content.value_or(""), unit_options_file);
}

/// What a wrong command line is told, without the program's name and the way to its help.
std::string first_line(std::string const& text) {
    constexpr std::string_view before = "trafikito-server: error: ";
    auto line = text.substr(0, text.find('\n'));
    return line.starts_with(before) ? line.substr(before.size()) : line;
}

chosen_options choose(check_options const& given, std::filesystem::path const& data,
                      std::optional<int> served_by, check_findings& found) {
    chosen_options chosen{given.serve, {}};
    auto const usual = given.as_serve ? std::nullopt : usual_options(data, served_by);
    if (usual) {
        chosen.from = usual->from;
        std::vector<std::string> words{"serve"};
        words.insert(words.end(), usual->words.begin(), usual->words.end());
        if (!served_by) {
            words.insert(words.end(), {"--data", data.string()});
        }
        auto parsed = parse_command_line(std::move(words));
        if (auto* const options = std::get_if<serve_options>(&parsed)) {
            chosen.options = std::move(*options);
        } else if (auto const* const text = std::get_if<exit_text>(&parsed)) {
            config::diagnostic one;
            one.file = usual->from;
            one.line = usual->line;
            one.what = "serve does not take TRAFIKITO_SERVER_OPTIONS: " + first_line(text->text);
            one.hint = "`trafikito-server serve --help` lists what it takes.";
            found.add(std::move(one));
            chosen.broken = true;
        }
    }
    chosen.options.data = data;
    if (given.data.database) {
        chosen.options.database = given.data.database;
    }
    return chosen;
}

limits check_limits(serve_options const& options, check_findings& found) {
    if (!options.limits) {
        return {};
    }
    auto read = find_limits(*options.limits);
    for (auto& one : read.diagnostics) {
        found.add(std::move(one));
    }
    return read.values;
}

void print_json(check_findings const& found, std::string const& about, std::ostream& out) {
    boost::json::array list;
    for (auto const& one : found.all()) {
        list.push_back(config::as_json(one));
    }
    boost::json::object const object{{"findings", std::move(list)},
                                     {"summary",
                                      {{"about", about},
                                       {"errors", found.errors()},
                                       {"warnings", found.warnings()},
                                       {"ok", found.errors() == 0}}}};
    out << base::for_json(boost::json::serialize(object)) << '\n';
}

std::optional<int> who_serves(std::filesystem::path const& data, check_findings& found) {
    try {
        return security::server_of(data);
    } catch (std::exception const& failed) {
        found.add_text(data.string(), failed.what());
        return std::nullopt;
    }
}

/// systemd keeps the data of a unit with DynamicUser= there, and shows the unit its own part alone:
/// nobody but root gets there otherwise.
bool is_kept_by_systemd(std::filesystem::path const& data) {
    std::error_code none;
    return std::filesystem::canonical(data, none).string().starts_with("/var/lib/private/");
}

/// Looks as the owner of the data does.
template <typename Look>
auto as_owner(std::filesystem::path const& data, Look look) {
    owner_eyes const eyes(data);
    return look();
}

std::optional<std::string> find_database(checked const& what, check_findings& found) {
    try {
        return database_of({what.options.data, what.options.database});
    } catch (std::exception const& failed) {
        found.add_text(what.options.data.string(), failed.what());
        return std::nullopt;
    }
}

std::string look_at_data(checked& what, check_findings& found) {
    check_directory(what, found);
    auto about = check_database(what, found);
    check_own_keys(what, found);
    check_rules(what, found);
    return about;
}

} // namespace

std::optional<serve_options> options_of_server(std::filesystem::path const& data,
                                               std::optional<int> served_by) {
    check_findings ignored;
    check_options unknown;
    unknown.serve.port = 0;
    auto chosen = choose(unknown, data, served_by, ignored);
    return chosen.from.empty() || chosen.broken ? std::nullopt
                                                : std::optional(std::move(chosen.options));
}

std::string check_all(check_options const& given, std::filesystem::path const& data,
                      check_findings& found) {
    checked what;
    what.full = given.full;
    what.served_by = who_serves(data, found);
    auto chosen = choose(given, data, what.served_by, found);
    what.options = std::move(chosen.options);
    auto const user = as_owner(data, [&] {
        what.database = find_database(what, found);
        what.user = owner_eyes::user();
        what.limits = limits_of(what.options, check_limits(what.options, found));
        return owner_eyes::user_name();
    });
    check_process(what, found); // as who asks: the owner alone may not see a process
    auto about = data.string() + ": ";
    about += is_kept_by_systemd(data) ? look_at_data(what, found)
                                      : as_owner(data, [&] { return look_at_data(what, found); });
    as_owner(data, [&] { check_given_certificates(what, found); });
    if (!chosen.broken) {
        check_offer(what, found);
        check_address(what, found);
    }
    if (what.served_by) {
        about += ", served" +
                 (*what.served_by == 0 ? "" : " by process " + std::to_string(*what.served_by));
    } else {
        about += ", to be served by " + user;
    }
    found.worst_first();
    return about + (chosen.from.empty() ? "" : ", with the options of " + chosen.from);
}

int run(check_options const& options, base::console& to) {
    check_findings found;
    std::string about;
    try {
        about = check_all(options, data_or_usual(options.data), found);
    } catch (std::exception const& failed) {
        to.err << "trafikito-server: error: " << base::one_line(failed.what()) << '\n';
        return wrong;
    }
    if (options.json) {
        print_json(found, about, to.out);
    } else {
        for (auto const& one : found.all()) {
            to.out << one.format() << '\n';
        }
        to.out << about << ": " << found.summary() << '\n';
    }
    return found.errors() != 0 || (options.strict && found.warnings() != 0) ? wrong : 0;
}

} // namespace trafikito::server::cli
