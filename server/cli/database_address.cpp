// Which database it is, where that is a PostgreSQL: data_directory.hpp.
#include "base/file.hpp"
#include "base/shell_quoting.hpp"
#include "server/cli/data_directory.hpp"
#include "server/cli/unit_options.hpp"
#include "server/cli/way_here.hpp"
#include "server/database/postgres_address.hpp"
#include "server/security/data_file.hpp"
#include "server/security/directory_lock.hpp"

#include <cstdlib>
#include <stdexcept>

namespace trafikito::server::cli {

namespace {

namespace fs = std::filesystem;

constexpr char const* variable = "TRAFIKITO_DATABASE";
constexpr std::size_t max_unit_file = 64UL * 1024;

/// An empty one is none. Throws when it is no address.
std::optional<std::string> checked(std::optional<std::string> named) {
    if (!named || named->empty()) {
        return std::nullopt;
    }
    auto const problem =
        database::problem_of_address(*named, database::address_source::environment);
    if (!problem.empty()) {
        throw std::runtime_error(std::string(variable) + ' ' + problem);
    }
    return named;
}

/// Nothing: that is not known, as to one who may not read it.
std::optional<way_here> way_of(fs::path const& directory) {
    try {
        auto const text = security::read_file_if_there(serving_file(directory));
        return text ? way_in(*text) : std::nullopt;
    } catch (std::runtime_error const&) {
        return std::nullopt;
    }
}

std::optional<int> server_of(fs::path const& directory) {
    try {
        return security::server_of(directory);
    } catch (std::runtime_error const&) {
        return std::nullopt;
    }
}

/// What only its environment says, which its user may read.
std::string hidden_database_of(fs::path const& directory) {
    if (auto const process = server_of(directory); process.value_or(0) != 0) {
        if (auto named = checked(variable_of_process(*process, variable))) {
            return std::move(*named);
        }
    }
    throw std::runtime_error("the server of " + directory.string() +
                             " keeps all in a PostgreSQL, whose address holds a password and is "
                             "told nobody: set TRAFIKITO_DATABASE to it for this command, too");
}

} // namespace

std::optional<std::string> database_given(std::optional<std::string> const& option) {
    if (option) {
        return option->empty() ? std::nullopt : option;
    }
    auto const* const named = std::getenv(variable);
    return checked(named == nullptr ? std::nullopt : std::optional<std::string>(named));
}

std::optional<std::string> database_of(data_place const& place) {
    if (auto given = database_given(place.database); given || place.database) {
        return given;
    }
    auto const directory = place.directory.value_or(usual_data_directory);
    if (auto const way = way_of(directory)) {
        if (way->database == hidden_database) {
            return hidden_database_of(directory);
        }
        return way->database.empty() ? std::nullopt : std::optional(way->database);
    }
    if (directory == usual_data_directory && !server_of(directory)) {
        auto const text = base::read_file(unit_options_file, max_unit_file);
        return checked(variable_in(text.content.value_or(""), variable));
    }
    return std::nullopt;
}

} // namespace trafikito::server::cli
