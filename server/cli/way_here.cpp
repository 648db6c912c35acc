#include "server/cli/way_here.hpp"

#include "base/ascii.hpp"
#include "base/printable.hpp"
#include "server/api/server_url.hpp"
#include "server/cli/house.hpp"
#include "server/database/postgres_address.hpp"
#include "server/security/certificates.hpp"
#include "server/security/data_file.hpp"
#include "server/security/directory_lock.hpp"
#include "server/security/x509.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>

namespace trafikito::server::cli {

using api::covers;
using api::host_of;

namespace {

bool is_wildcard_address(std::string const& address) {
    return address == "0.0.0.0" || address == "::";
}

/// As others see it, it is themselves.
bool is_loopback(std::string_view host) {
    return host.starts_with("127.") || host == "::1" || base::lower(host) == "localhost" ||
           base::lower(host).starts_with("localhost.");
}

std::string machine_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

std::string url_of(std::string const& host, unsigned short port) {
    bool const v6 = host.find(':') != std::string::npos;
    return "https://" + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

/// That others can use, the best first.
std::vector<std::string> candidates(serve_options const& options,
                                    std::vector<std::string> const& of_certificate) {
    auto hosts = options.host_names;
    if (!is_wildcard_address(options.address)) {
        hosts.push_back(options.address);
    }
    hosts.push_back(machine_name());
    hosts.insert(hosts.end(), of_certificate.begin(), of_certificate.end());
    std::erase_if(hosts, [](std::string const& host) {
        return is_loopback(host) || is_wildcard_address(host) ||
               !security::valid_certificate_name(host);
    });
    return hosts;
}

std::string host_for(serve_options const& options, std::vector<std::string> const& names) {
    if (is_loopback(options.address)) {
        return options.address;
    }
    auto const hosts = candidates(options, names);
    auto const good =
        std::ranges::find_if(hosts, [&](std::string const& host) { return covers(names, host); });
    if (good != hosts.end()) {
        return *good;
    }
    return hosts.empty() ? "localhost" : hosts.front();
}

std::string fault_of(serve_options const& options, way_here const& way) {
    auto const host = host_of(way.url);
    if (!covers(way.names, host)) {
        std::string all;
        for (auto const& name : way.names) {
            all += (all.empty() ? "" : ", ") + base::for_line(name);
        }
        return "agents will refuse " + way.url + ": its certificate is " +
               (all.empty() ? "for no name that agents look at" : "for " + all + " only") +
               "; give `serve --public-url` an address that it is for";
    }
    if (is_loopback(host)) {
        return "only this machine reaches " + way.url +
               ": `serve --listen 0.0.0.0:8443` lets others come, --host-name names this machine";
    }
    bool const given = options.public_url || std::ranges::count(options.host_names, host) != 0;
    if (!given && host == machine_name() && host.find('.') == std::string::npos) {
        return "only machines that know the name " + host + " reach " + way.url +
               ": `serve --host-name` takes a name or an address that all of them know";
    }
    if (!way.believed && way.authority.empty()) {
        return "agents cannot be told who signed the certificate of " + way.url +
               ": put the authority's own certificate at the end of the file of " +
               (options.public_certificate ? "--public-certificate" : "--certificate") +
               ", or have agents know it";
    }
    return {};
}

bool is_text(std::string_view text) {
    return base::checked_plain_text(text, 4096).has_value();
}

bool is_pin(std::string_view text) {
    return text.starts_with("sha256/") && text.size() == 51 &&
           std::ranges::all_of(text.substr(7), [](char c) {
               return base::is_letter(c) || base::is_digit(c) || c == '+' || c == '/' || c == '=';
           });
}

/// Servers of before say none.
bool is_fingerprint(std::string_view text) {
    constexpr std::string_view letters = "0123456789ABCDEF:";
    return text.size() <= 95 && text.find_first_not_of(letters) == std::string_view::npos;
}

} // namespace

way_here find_way_here(serve_options const& options, unsigned short port,
                       std::string_view certificate, std::string_view authority) {
    way_here way;
    auto const chain = security::certificates_from_pem(certificate);
    if (!chain.empty()) {
        way.names = security::names_of(chain.front().get());
        way.pin = security::pin_of(chain.front().get());
        way.fingerprint = security::fingerprint_of(chain.front().get());
    }
    way.url = options.public_url ? *options.public_url : url_of(host_for(options, way.names), port);
    way.believed = authority.empty() && security::is_believed_here(chain, host_of(way.url));
    if (!way.believed) {
        auto const ours = security::certificates_from_pem(authority);
        for (auto const& each : authority.empty() ? chain : ours) {
            if (!authority.empty() || security::is_self_signed(each.get())) {
                way.authority += security::to_pem(each.get());
            }
        }
    }
    way.fault = fault_of(options, way);
    way.page = options.page;
    return way;
}

std::filesystem::path serving_file(std::filesystem::path const& directory) {
    return directory / "serving";
}

std::string to_text(way_here const& way) {
    std::string names;
    for (auto const& name : way.names) {
        names += (names.empty() ? "" : ",") + base::for_line(name, 253);
    }
    return "# How machines reach this server; `trafikito-server enroll-command` reads it.\nurl = " +
           way.url + "\npin = " + way.pin + "\nbelieved = " + (way.believed ? "yes" : "no") +
           "\nagent_files = " + (way.agent_files ? "yes" : "no") +
           "\npage = " + (way.page ? "yes" : "no") + "\nfingerprint = " + way.fingerprint +
           "\ndatabase = " + way.database + "\nnames = " + names +
           "\nfault = " + base::one_line(way.fault) + "\n";
}

std::optional<way_here> way_in(std::string_view text) {
    std::map<std::string, std::string, std::less<>> values;
    base::line_reader lines(text);
    while (auto const line = lines.next()) {
        auto const equals = line->text.find(" = ");
        if (equals != std::string_view::npos && !line->text.starts_with('#')) {
            values.emplace(line->text.substr(0, equals), line->text.substr(equals + 3));
        }
    }
    bool const has_last = values.contains("fault");
    way_here way;
    way.url = values["url"];
    way.pin = values["pin"];
    way.believed = values["believed"] == "yes";
    way.agent_files = values["agent_files"] == "yes";
    way.page = values["page"] == "yes";
    way.fingerprint = values["fingerprint"];
    way.fault = values["fault"];
    way.database = values["database"];
    for (std::string_view names = values["names"]; !names.empty();) {
        auto const end = std::min(names.find(','), names.size());
        way.names.emplace_back(names.substr(0, end));
        names.remove_prefix(std::min(end + 1, names.size()));
    }
    bool const database_named =
        way.database.empty() || way.database == hidden_database ||
        database::problem_of_address(way.database, database::address_source::command_line).empty();
    bool const whole = database_named && is_fingerprint(way.fingerprint) &&
                       api::is_server_url(way.url) && is_pin(way.pin) && has_last &&
                       is_text(way.fault);
    return whole ? std::optional(std::move(way)) : std::nullopt;
}

way_here way_of_server(std::filesystem::path const& data) {
    if (!security::is_served(data)) {
        throw std::runtime_error("no server runs on " + data.string() + ": start it first, `" +
                                 how_to_start(data) + "`");
    }
    auto const text = security::read_file_if_there(serving_file(data));
    auto way = text ? way_in(*text) : std::nullopt;
    if (!way) {
        throw std::runtime_error("the server that runs on " + data.string() +
                                 " has not said how it is reached (" + serving_file(data).string() +
                                 "): restart it");
    }
    return std::move(*way);
}

} // namespace trafikito::server::cli
