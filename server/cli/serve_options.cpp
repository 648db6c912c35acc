#include "server/cli/serve_options.hpp"

#include "config/usage_error.hpp"
#include "server/cli/data_option.hpp"
#include "server/cli/option_values.hpp"

#include <map>

namespace trafikito::server::cli {

void serve_reader::add_to(CLI::App& app) {
    auto* const serve = command_ =
        app.add_subcommand("serve", "Take reports until SIGTERM or Ctrl-C");
    serve->add_option("--data", options_.data, "Directory of the database, keys and certificates")
        ->type_name("DIR")
        ->check(config::check_not_empty)
        ->required();
    add_database(*serve, options_.database);
    add_options(*serve);
}

void serve_reader::add_options(CLI::App& serve) {
    serve.add_option("--listen", listen_, "Port 0: any free one (default 127.0.0.1:8443)")
        ->type_name("ADDRESS:PORT")
        ->check(check_endpoint);
    serve
        .add_option("--host-name", options_.host_names,
                    "One more name or address for the certificate")
        ->type_name("NAME")
        ->check(check_host_name);
    serve
        .add_option("--min-interval", min_interval_,
                    "Least time between two of its orders (default 60s)")
        ->type_name("TIME")
        ->check(check_duration);
    serve.add_option("--keep", keep_, "How long reports are kept (default 7d)")
        ->type_name("TIME")
        ->check(check_positive_duration);
    serve
        .add_option("--keep-values", keep_values_,
                    "How long numbers taken out of them are kept (default 90d)")
        ->type_name("TIME")
        ->check(check_positive_duration);
    serve.add_option("--keep-size", keep_size_, "Of the disk for all; 0: no bound (default 0)")
        ->type_name("SIZE")
        ->check(check_quota);
    serve.add_flag("--yes", options_.yes, "Go on although that deletes most of what is kept");
    add_limits(serve);
    add_log(serve);
    serve
        .add_option("--trusted-proxy", options_.trusted_proxies,
                    "Balancer that speaks PROXY 2: 10.0.0.7, 10.0.0.0/8")
        ->type_name("ADDRESS")
        ->allow_extra_args(false)
        ->check(check_network);
    serve
        .add_option("--port-file", options_.port_file,
                    "Write the port's number here once it listens")
        ->type_name("FILE")
        ->check(config::check_not_empty);
    auto* const certificate = serve
                                  .add_option("--certificate", options_.certificate,
                                              "Your own certificate (PEM, with its chain)")
                                  ->type_name("FILE")
                                  ->check(config::check_not_empty);
    auto* const key = serve.add_option("--key", options_.key, "Its key (PEM, unencrypted)")
                          ->type_name("FILE")
                          ->check(config::check_not_empty);
    certificate->needs(key);
    key->needs(certificate);
    add_installation(serve);
}

void serve_reader::add_installation(CLI::App& serve) {
    auto* const url = serve
                          .add_option("--public-url", options_.public_url,
                                      "Where agents reach it, when that is elsewhere")
                          ->type_name("URL")
                          ->check(check_server_url);
    serve
        .add_option("--public-certificate", options_.public_certificate,
                    "What is shown there, where a balancer ends TLS")
        ->type_name("FILE")
        ->check(config::check_not_empty)
        ->needs(url);
    serve
        .add_option("--agent-files", options_.agent_files,
                    "Folder of install.sh and of the agents for it")
        ->type_name("DIR")
        ->check(config::check_not_empty);
    serve
        .add_option_function<std::string>(
            "--page", [this](std::string const& word) { options_.page = word == "on"; },
            "off: no page, no /api/v1, no /metrics (default on)")
        ->type_name("on|off")
        ->check([](std::string const& text) { return config::check_choice(text, "on off"); });
}

void serve_reader::add_limits(CLI::App& serve) {
    serve
        .add_option("--machine-quota", machine_quota_,
                    "Kept of one machine; 0: no bound (default 4GiB)")
        ->type_name("SIZE")
        ->check(check_quota);
    serve
        .add_option("--machine-rate", machine_rate_,
                    "Of one in a minute; 0: no bound (default 32MiB)")
        ->type_name("SIZE")
        ->check(check_rate);
    serve
        .add_option("--max-connections", options_.max_connections,
                    "How many connections may be open (default 4096)")
        ->type_name("N")
        ->check(check_connections);
    serve.add_option("--limits", options_.limits, "More limits, read again on SIGHUP")
        ->type_name("FILE")
        ->check(config::check_not_empty);
}

void serve_reader::add_log(CLI::App& serve) {
    using base::severity;
    static std::map<std::string, severity> const levels{{"debug", severity::debug},
                                                        {"info", severity::info},
                                                        {"warning", severity::warning},
                                                        {"error", severity::error}};
    static std::map<std::string, base::log::format> const formats{
        {"text", base::log::format::text}, {"json", base::log::format::json}};
    serve
        .add_option_function<std::string>(
            "--log-level",
            [this](std::string const& name) { options_.log_level = levels.at(name); },
            "debug, info, warning or error (default info)")
        ->type_name("LEVEL")
        ->check([](std::string const& text) {
            return config::check_choice(text, "debug info warning error");
        });
    serve
        .add_option_function<std::string>(
            "--log-format",
            [this](std::string const& name) { options_.log_format = formats.at(name); },
            "text or json (default text)")
        ->type_name("FORMAT")
        ->check([](std::string const& text) { return config::check_choice(text, "text json"); });
}

std::optional<serve_options> serve_reader::chosen() {
    return command_->parsed() ? std::optional(options()) : std::nullopt;
}

serve_options serve_reader::options() {
    auto const where = endpoint_in(listen_);
    options_.address = where->first;
    options_.port = where->second;
    options_.min_interval = duration_in(min_interval_);
    options_.keep = duration_in(keep_);
    options_.keep_values = duration_in(keep_values_);
    options_.keep_size = size_in(keep_size_);
    options_.machine_quota = size_in(machine_quota_);
    options_.machine_rate = size_in(machine_rate_);
    return options_;
}

} // namespace trafikito::server::cli
