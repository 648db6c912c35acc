#include "server/cli/offer.hpp"

#include "base/printable.hpp"
#include "base/units.hpp"
#include "server/cli/data_directory.hpp"
#include "server/cli/option_values.hpp"
#include "server/security/data_file.hpp"

#include <exception>
#include <utility>

namespace trafikito::server::cli {

namespace {

/// Where the package puts them.
constexpr char const* usual_folder = "/usr/share/trafikito-server/agent-files";

std::string read_or_nothing(std::filesystem::path const& file) {
    return file.empty() ? std::string() : security::read_file_if_there(file).value_or("");
}

way_here way_of(serve_options const& options, shown const& of) {
    if (options.public_certificate) {
        return find_way_here(options, of.port, read_or_nothing(*options.public_certificate), "");
    }
    return find_way_here(options, of.port, of.certificate, read_or_nothing(of.authority));
}

std::shared_ptr<api::agent_files const> files_for(way_here const& way,
                                                  std::filesystem::path const& folder) {
    api::served_values values;
    values.api_url = way.url;
    values.pin = way.believed ? "" : way.pin;
    values.authority = way.authority;
    values.names = way.names;
    return std::make_shared<api::agent_files const>(api::read_agent_files(folder, values));
}

/// For subcommands; one with a password is nobody's to read.
std::string database_to_write_down(serve_options const& options) {
    auto const address = database_given(options.database);
    if (!address) {
        return "";
    }
    bool const harmless = base::checked_plain_text(*address, 1024).has_value() &&
                          check_database_address(*address).empty();
    return harmless ? *address : hidden_database;
}

} // namespace

std::filesystem::path agent_files_folder(serve_options const& options) {
    std::error_code failed;
    if (options.agent_files) {
        return *options.agent_files;
    }
    return std::filesystem::is_directory(usual_folder, failed) ? usual_folder : "";
}

offer offer_maker::make(shown const& of) {
    offer made;
    try {
        authority_ = read_or_nothing(of.authority);
        made.way = way_of(options_, of);
        if (auto const folder = agent_files_folder(options_); !folder.empty()) {
            made.files = files_for(made.way, folder);
        }
    } catch (std::exception const& failure) {
        made.files = files_;
        log_.error(std::string(made.files ? "what new machines download stays as it was: "
                                          : "new machines can download nothing: ") +
                   failure.what());
    }
    files_ = made.files;
    made.way.agent_files = made.files != nullptr;
    made.way.database = database_to_write_down(options_);
    try {
        security::write_file(serving_file(options_.data), to_text(made.way), 0600,
                             security::when_there::replace);
    } catch (std::exception const& failure) {
        log_.warning(std::string("`trafikito-server enroll-command` cannot be used: ") +
                     failure.what());
    }
    return made;
}

std::optional<offer> offer_maker::make_if_outdated(shown const& of) {
    return read_or_nothing(of.authority) == authority_ ? std::nullopt : std::optional(make(of));
}

} // namespace trafikito::server::cli
