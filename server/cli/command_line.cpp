#include "server/cli/command_line.hpp"

#include "base/duration.hpp"
#include "base/printable.hpp"
#include "net/api/order.hpp"
#include "server/security/certificates.hpp"
#include "server/security/x509.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace trafikito::server::cli {

namespace {

constexpr std::string_view name_prefix = "trafikito_";

/// Whole seconds, ten years at most.
std::optional<std::chrono::seconds> duration_in(std::string_view text) {
    constexpr std::chrono::hours longest{24 * 3650};
    auto const value = base::parse_duration(text);
    if (!value || *value > longest || *value % std::chrono::seconds(1) != std::chrono::seconds(0)) {
        return std::nullopt;
    }
    return std::chrono::duration_cast<std::chrono::seconds>(*value);
}

// As CLI11 wants it of a check: an empty text, or what is wrong.
std::string check_duration(std::string const& text) {
    return duration_in(text) ? "" : text + " is no duration: write 90, 60s, 5m, 1h or 7d";
}

std::string check_host_name(std::string const& text) {
    return security::valid_certificate_name(text)
               ? ""
               : base::for_line(text) + " is neither a host name nor an IP address";
}

std::string with_prefix(std::string const& name) {
    return name.starts_with(name_prefix) ? name : std::string(name_prefix) + name;
}

std::string check_command(std::string const& name) {
    return net::api::valid_name(with_prefix(name))
               ? ""
               : base::for_line(name) +
                     " is no name of a command: letters, digits and underscores, at most 200";
}

std::string check_plain(std::string const& text) {
    auto const plain = base::checked_plain_text(text, 200);
    return plain && !plain->empty()
               ? ""
               : "it must be 1 to 200 bytes of text without control characters";
}

std::optional<std::pair<std::string, unsigned short>> parse_endpoint(std::string text) {
    auto const colon = text.rfind(':');
    if (colon == std::string::npos) {
        return std::nullopt;
    }
    auto const port = text.substr(colon + 1);
    auto address = text.substr(0, colon);
    bool const bracketed = address.size() > 2 && address.front() == '[' && address.back() == ']';
    if (bracketed) {
        address = address.substr(1, address.size() - 2);
    }
    bool const digits = !port.empty() && port.size() <= 5 &&
                        std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; });
    bool const v6 = address.find(':') != std::string::npos;
    if (!digits || std::stoi(port) > 65535 || !security::is_address(address) || v6 != bracketed) {
        return std::nullopt;
    }
    return std::pair(address, static_cast<unsigned short>(std::stoi(port)));
}

std::string check_endpoint(std::string const& text) {
    return parse_endpoint(text) ? ""
                                : text + " is no address to listen on: write 127.0.0.1:8443, "
                                         "0.0.0.0:8443 or [::1]:8443";
}

// The options of all subcommands, as CLI11 fills them in, and how they become what commands.hpp
// wants.
struct reader {
    reader();

    command_line read(std::vector<std::string> arguments);

private:
    static CLI::App* add(CLI::App& parent, char const* name, char const* what,
                         std::filesystem::path& data);
    void add_serve();
    void add_servers();
    void add_outputs();
    void add_order();
    command_line chosen();

    CLI::App app_{
        "The receiving end of Trafikito for people who host it themselves: takes the reports of "
        "agents over HTTPS and keeps them.",
        "trafikito-server"};
    CLI::App* serve_command_ = nullptr;
    CLI::App* servers_command_ = nullptr;
    CLI::App* add_command_ = nullptr;
    CLI::App* outputs_command_ = nullptr;
    CLI::App* order_command_ = nullptr;

    serve_options serve_;
    servers_options servers_;
    add_server_options add_;
    outputs_options outputs_;
    order_options order_;
    std::string listen_ = "127.0.0.1:8443";
    std::string min_interval_ = "60s";
    std::string keep_ = "7d";
    std::string delay_;
};

reader::reader() {
    app_.require_subcommand(1);
    app_.set_version_flag("--version", "trafikito-server " TRAFIKITO_VERSION);
    app_.get_formatter()->column_width(34);
    add_serve();
    add_servers();
    add_outputs();
    add_order();
}

CLI::App* reader::add(CLI::App& parent, char const* name, char const* what,
                      std::filesystem::path& data) {
    auto* const command = parent.add_subcommand(name, what);
    command->add_option("--data", data, "Directory that holds the database, keys and certificates")
        ->type_name("DIR")
        ->required();
    return command;
}

void reader::add_serve() {
    auto* const serve = serve_command_ =
        add(app_, "serve", "Take reports until SIGTERM or Ctrl-C", serve_.data);
    serve
        ->add_option("--listen", listen_,
                     "Where to listen; port 0: any free one (default 127.0.0.1:8443)")
        ->type_name("ADDRESS:PORT")
        ->check(check_endpoint);
    serve
        ->add_option("--host-name", serve_.host_names,
                     "A further name or address for the certificate")
        ->type_name("NAME")
        ->check(check_host_name);
    serve
        ->add_option("--min-interval", min_interval_,
                     "How often one server may ask for orders; 0: as it likes (default 60s)")
        ->type_name("TIME")
        ->check(check_duration);
    serve->add_option("--keep", keep_, "How long reports are kept after they arrived (default 7d)")
        ->type_name("TIME")
        ->check(check_duration);
    serve
        ->add_option("--port-file", serve_.port_file,
                     "Write the port's number here once it listens")
        ->type_name("FILE");
    auto* const certificate = serve
                                  ->add_option("--certificate", serve_.certificate,
                                               "Your own certificate (PEM, with its chain)")
                                  ->type_name("FILE");
    auto* const key =
        serve->add_option("--key", serve_.key, "Its key (PEM, unencrypted)")->type_name("FILE");
    certificate->needs(key);
    key->needs(certificate);
}

void reader::add_servers() {
    auto* const servers = servers_command_ =
        app_.add_subcommand("servers", "List servers, or add one");
    auto* const data =
        servers->add_option("--data", servers_.data, "Directory that holds the database")
            ->type_name("DIR");
    servers->add_flag("--json", servers_.json, "Print JSON");
    auto* const add_one = add_command_ = add(
        *servers, "add", "Make a server by hand and print its server_id and api_key", add_.data);
    add_one->add_option("--name", add_.name, "What people call it")
        ->type_name("N")
        ->required()
        ->check(check_plain);
    add_one->add_option("--server-id", add_.server_id, "Its id (default: a new UUID)")
        ->type_name("I")
        ->check(check_plain);
    add_one
        ->add_option("--api-key-file", add_.api_key_file,
                     "Read its key from this file, - for standard input (default: a new key)")
        ->type_name("F");
    servers->callback([this, data] {
        if (!add_command_->parsed() && data->count() == 0) {
            throw CLI::RequiredError("--data");
        }
    });
}

void reader::add_outputs() {
    auto* const outputs = outputs_command_ =
        add(app_, "outputs", "Print what the commands of servers put out", outputs_.data);
    outputs->add_option("server", outputs_.server, "Id or name (default: all)")
        ->type_name("SERVER");
    outputs->add_option("--command", outputs_.command, "Only this command")
        ->type_name("NAME")
        ->check(check_command);
    outputs
        ->add_option("--last", outputs_.last,
                     "How many reports of each server, those with the newest data (default 1)")
        ->type_name("N")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000}));
    outputs->add_flag("--follow", outputs_.follow,
                      "Go on with each report as it lands, late ones too, until Ctrl-C");
    outputs
        ->add_option("--head", outputs_.head,
                     "Lines of each output (default: all; with --follow 5)")
        ->type_name("N");
    outputs->add_flag("--json", outputs_.json, "Print one JSON object a line for each report");
    outputs->add_flag("--raw", outputs_.raw,
                      "Print outputs byte for byte also to a terminal, which may obey them");
}

void reader::add_order() {
    auto* const order = order_command_ =
        add(app_, "order", "Show or set which commands a server is asked to run", order_.data);
    order->add_option("server", order_.server, "Id or name")->type_name("SERVER")->required();
    auto* const names = order->add_option("names", order_.names, "Commands, in this order")
                            ->type_name("NAME")
                            ->check(check_command);
    auto* const all =
        order->add_flag("--all", order_.all, "All that its list offers, now and later");
    auto* const none = order->add_flag("--none", order_.none, "Nothing");
    all->excludes(none)->excludes(names);
    none->excludes(names);
    order->add_option("--delay", delay_, "Time to add to each interval, at most 24h")
        ->type_name("SECONDS")
        ->check(check_duration);
}

command_line reader::chosen() {
    if (serve_command_->parsed()) {
        auto const where = parse_endpoint(listen_);
        serve_.address = where->first;
        serve_.port = where->second;
        serve_.min_interval = *duration_in(min_interval_);
        serve_.keep = *duration_in(keep_);
        return serve_;
    }
    if (add_command_->parsed()) {
        return add_;
    }
    if (servers_command_->parsed()) {
        return servers_;
    }
    if (outputs_command_->parsed()) {
        if (outputs_.command) {
            outputs_.command = with_prefix(*outputs_.command);
        }
        return outputs_;
    }
    std::vector<std::string> names;
    for (auto const& name : order_.names) {
        if (std::ranges::find(names, with_prefix(name)) == names.end()) {
            names.push_back(with_prefix(name));
        }
    }
    order_.names = std::move(names);
    if (!delay_.empty()) {
        order_.delay = duration_in(delay_);
        if (*order_.delay > std::chrono::hours(24)) {
            throw CLI::ValidationError("--delay", "at most 24h");
        }
    }
    return order_;
}

command_line reader::read(std::vector<std::string> arguments) {
    std::ranges::reverse(arguments); // as CLI11 takes them
    try {
        app_.parse(arguments);
        return chosen();
    } catch (CLI::CallForHelp const&) {
        return exit_text{0, app_.help()};
    } catch (CLI::CallForAllHelp const&) {
        return exit_text{0, app_.help("", CLI::AppFormatMode::All)};
    } catch (CLI::CallForVersion const& version) {
        return exit_text{0, std::string(version.what()) + "\n"};
    } catch (CLI::ParseError const& wrong) {
        auto const used = app_.get_subcommands();
        auto const which = used.empty() ? std::string() : used.front()->get_name() + " ";
        return exit_text{2, "trafikito-server: error: " + base::one_line(wrong.what()) +
                                "\nSee `trafikito-server " + which + "--help`.\n"};
    }
}

} // namespace

command_line parse_command_line(std::vector<std::string> arguments) {
    return reader().read(std::move(arguments));
}

} // namespace trafikito::server::cli
