#include "test/e2e/installation.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <pwd.h>
#include <unistd.h>

namespace trafikito::test {

namespace {

passwd const& this_user() {
    auto const* const user = ::getpwuid(::geteuid());
    BOOST_REQUIRE(user != nullptr);
    return *user;
}

identity loopback_identity(certificate_authority const& authority) {
    certificate_wish wish;
    wish.names = {"127.0.0.1", "localhost"};
    return authority.issue(wish);
}

} // namespace

installation::installation(known_agent const& who) : who_(who) {
    (void)write("trafikito", "#!/bin/sh\n# start | stop | restart | status\n");
    (void)write("lib/trafikito_agent.sh", "#!/bin/sh\n");
    (void)write("var/trafikito.log", "");
    write_commands("trafikito_uptime=\"uptime\"\ntrafikito_df=\"df -h\"\n");
    std::filesystem::permissions(base() / "trafikito", std::filesystem::perms::owner_all);
}

void installation::write_config(writing way, std::string const& url_of_v1,
                                std::string const& more) const {
    auto const tmp_file = (base() / "var/trafikito.tmp").string();
    std::string text;
    if (way == writing::seeds) {
        text = "# Trafikito configuration\napi_key = " + who_.api_key +
               "\nserver_id = " + who_.server_id + "\ntmp_file = " + tmp_file + "\n";
        if (!url_of_v1.empty()) {
            text += "url_output = " + url_of_v1 + v1_output + "\nurl_get_config = " + url_of_v1 +
                    v1_get + "\n";
        }
        text += "random_number = 0\n";
    } else {
        text = "export API_KEY=" + who_.api_key + "\nexport SERVER_ID=\"" + who_.server_id +
               "\"\nexport TMP_FILE=\"" + tmp_file + "\"\nexport RUNAS=\"" + this_user().pw_name +
               "\"\nexport WORKSPACE_ID=\"w-1\"\n";
    }
    (void)write("etc/trafikito.cfg", text + more);
    std::filesystem::permissions(config(), std::filesystem::perms::owner_read |
                                               std::filesystem::perms::owner_write);
}

std::vector<std::string> installation::all_environment() const {
    std::vector<std::string> all{"PATH=/usr/bin:/bin", "LANG=C.UTF-8"};
    for (auto const& [name, value] : environment) {
        all.push_back(name + "=" + value);
    }
    return all;
}

finished installation::run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {TRAFIKITO_AGENT, "--config", config().string()});
    return test::run(std::move(arguments), all_environment());
}

std::unique_ptr<program> installation::daemon() const {
    return std::make_unique<program>(
        std::vector<std::string>{TRAFIKITO_AGENT, "--config", config().string()},
        all_environment());
}

std::string installation::as_the_shell_has_it(std::string const& name) const {
    auto const script =
        "cd \"$BASEDIR\"; exec 2>&1 </dev/null; . ./available_commands.sh; eval \"$" + name + "\"";
    auto const shell =
        test::run({"/usr/bin/env", "sh", "-c", script},
                  {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "BASEDIR=" + base().string(),
                   "HOME=" + std::string(this_user().pw_dir),
                   "USER=" + std::string(this_user().pw_name), "LANG=C.UTF-8", "LC_ALL=C.UTF-8"});
    return shell.out;
}

std::string installation::listing() const {
    std::vector<std::string> lines;
    for (auto const& entry : std::filesystem::recursive_directory_iterator(base())) {
        auto const time = entry.last_write_time().time_since_epoch().count();
        auto const size = entry.is_regular_file() ? entry.file_size() : 0;
        lines.push_back(entry.path().string() + " " + std::to_string(size) + " " +
                        std::to_string(time) + "\n");
    }
    std::ranges::sort(lines);
    std::string all;
    for (auto const& line : lines) {
        all += line;
    }
    return all;
}

pair::pair(int version, known_agent who)
    : version_(version), api(loopback_identity(authority), std::move(who)), there(api.who()) {
    auto const ca_file = there.write("etc/ca.pem", authority.certificate());
    there.environment["TRAFIKITO_CA_FILE"] = ca_file.string();
    there.environment["TRAFIKITO_INTERVAL"] = "1s";
    there.environment["TRAFIKITO_RANDOM_NUMBER"] = "0";
    if (version == 1) {
        there.write_config(writing::seeds, api.url());
        order({{"token-1,trafikito_uptime"}});
    } else {
        there.write_config(writing::exported);
        there.environment["TRAFIKITO_API_URL"] = api.url();
        order({{"token-1 uptime 55 0"}});
    }
}

std::string section(std::string const& name) {
    return "*-*-*-*------------ Trafikito command: " + name + "\n";
}

std::string installation::sealed_report() const {
    constexpr std::size_t last_line = 54;
    for (auto const* name : {"var/trafikito.tmp", "var/trafikito.sealed"}) {
        auto const file = base() / name;
        auto text = std::filesystem::is_regular_file(file) ? read_file(file) : std::string();
        if (text.size() >= last_line &&
            text.substr(text.size() - last_line).starts_with("trafikito-report 2 ")) {
            return text;
        }
    }
    return {};
}

} // namespace trafikito::test
