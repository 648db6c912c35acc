// NRPE, collectd, monit, and a loop of sh and curl; Zabbix has a file of its own.
#include "test/bench/installation.hpp"
#include "test/bench/peers.hpp"
#include "test/bench/workbench.hpp"

#include <memory>

namespace trafikito::test::bench {

namespace {

namespace fs = std::filesystem;

constexpr int commands = 10;

/// A key and a certificate for 127.0.0.1, self-signed: both in one file, and apart.
void make_certificate(fs::path const& folder) {
    (void)run_well(
        start_options({must_be_installed("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt",
                       "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                       "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key.pem",
                       "-out", folder / "cert.pem"}));
    write_file(folder / "both.pem",
               content_of(folder / "key.pem") + content_of(folder / "cert.pem"), 0600);
    fs::permissions(folder / "key.pem",
                    fs::perms(0644)); // of a key that nobody trusts but this bench
}

/// `sh` scripts that print their number; what they print is their name otherwise said.
std::vector<fs::path> make_scripts(fs::path const& folder, std::string const& in_front = {}) {
    std::vector<fs::path> all;
    for (int i = 0; i < commands; ++i) {
        auto const number = std::to_string(i);
        all.push_back(folder / ("c" + number));
        write_file(all.back(), "#!/bin/sh\necho " + in_front + number + "\n", 0755);
    }
    return all;
}

} // namespace

peer_program nrpe(fs::path const& folder) {
    auto const server = must_be_installed("nrpe");
    auto const check = std::string("/usr/lib/nagios/plugins/check_nrpe");
    if (!fs::exists(check)) {
        throw std::runtime_error("check_nrpe is not installed (nagios-nrpe-plugin)");
    }
    make_certificate(folder);
    auto const port = std::to_string(free_port());
    std::string text =
        "server_address=127.0.0.1\nserver_port=" + port +
        "\nallowed_hosts=127.0.0.1\nnrpe_user=nobody\nnrpe_group=nogroup\npid_file=" +
        (folder / "pid").string() +
        "\nssl_version=TLSv1.2+\nssl_cert_file=" + (folder / "cert.pem").string() +
        "\nssl_privatekey_file=" + (folder / "key.pem").string() + "\n";
    for (int i = 0; i < commands; ++i) {
        auto const number = std::to_string(i);
        text += "command[c" + number + "]=echo " + number + "\n";
    }
    write_file(folder / "nrpe.cfg", text);
    peer_program one;
    one.id = "nrpe";
    one.name = "NRPE, over TLS";
    one.note = "asked by check_nrpe, which makes a connection for each command; a certificate, TLS "
               "1.2 or later";
    one.how.words = {server, "-c", folder / "nrpe.cfg", "-f"};
    one.how.output = folder / "log";
    one.ready = [port] { return listens(std::stoi(port)); };
    one.ask = [check, port, ca = (folder / "cert.pem").string()] {
        for (int i = 0; i < commands; ++i) {
            auto const number = std::to_string(i);
            auto const said = run_well(start_options(
                {check, "-H", "127.0.0.1", "-p", port, "-A", ca, "-c", "c" + number}));
            if (said != number + "\n") {
                throw std::runtime_error("check_nrpe said " + said);
            }
        }
    };
    return one;
}

peer_program collectd(fs::path const& folder) {
    auto const server = must_be_installed("collectd");
    auto const port = std::to_string(free_port());
    std::string text =
        "Hostname \"bench\"\nFQDNLookup false\nInterval 1\nBaseDir \"" + folder.string() +
        "\"\nPIDFile \"" + (folder / "pid").string() +
        "\"\nLoadPlugin logfile\n<Plugin logfile>\n  File stderr\n</Plugin>\nLoadPlugin "
        "exec\nLoadPlugin network\n"
        "<Plugin network>\n  <Server \"127.0.0.1\" \"" +
        port +
        "\">\n    SecurityLevel Encrypt\n"
        "    Username \"bench\"\n    Password \"bench\"\n  </Server>\n</Plugin>\n<Plugin exec>\n";
    for (int i = 0; i < commands; ++i) {
        auto const number = std::to_string(i);
        auto const script = folder / ("c" + number);
        write_file(script,
                   "#!/bin/sh\necho 'PUTVAL bench/exec-c" + number +
                       "/gauge-value interval=1 N:" + number + "'\n",
                   0755);
        text += "  Exec \"nobody:nogroup\" \"" + script.string() + "\"\n";
    }
    write_file(folder / "collectd.conf", text + "</Plugin>\n");
    peer_program one;
    one.id = "collectd";
    one.name = "collectd, exec plugin";
    one.note = "scripts that it starts anew every second (`Interval 1`), sent encrypted over UDP";
    one.how.words = {server, "-f", "-C", folder / "collectd.conf"};
    one.how.output = folder / "log";
    one.ready = [log = one.how.output] { return count_in(log, "Initialization complete") > 0; };
    return one;
}

peer_program monit(fs::path const& folder) {
    auto const server = must_be_installed("monit");
    auto const curl = must_be_installed("curl");
    make_certificate(folder);
    auto const port = std::to_string(free_port());
    auto const here = folder.string();
    std::string text = "set daemon 1\nset pidfile " + here + "/pid\nset idfile " + here +
                       "/id\nset statefile " + here + "/state\nset log " + here +
                       "/log\nset httpd port " + port +
                       " and use address 127.0.0.1\n  with ssl { pemfile: " + here +
                       "/both.pem }\n  allow 127.0.0.1\n";
    auto const scripts = make_scripts(folder);
    for (std::size_t i = 0; i < scripts.size(); ++i) {
        text += "check program c" + std::to_string(i) + " with path \"" + scripts[i].string() +
                "\"\n  if status != 0 then alert\n";
    }
    write_file(folder / "monitrc", text, 0600);
    peer_program one;
    one.id = "monit";
    one.name = "monit, over TLS";
    one.note = "`check program` in cycles of a second (`set daemon 1`); its status is fetched by "
               "HTTPS once a second";
    one.how.words = {server, "-I", "-c", folder / "monitrc"};
    one.how.output = folder / "out";
    one.ready = [port] { return listens(std::stoi(port)); };
    one.ask = [curl, port, ca = (folder / "cert.pem").string()] {
        auto const said = run_well(start_options(
            {curl, "-sS", "--cacert", ca, "https://127.0.0.1:" + port + "/_status?format=xml"}));
        if (said.find("<name>c9</name>") == std::string::npos) {
            throw std::runtime_error("monit said " + said.substr(0, 300));
        }
    };
    return one;
}

peer_program shell_loop(fs::path const& folder, workbench const& bench) {
    auto const curl = must_be_installed("curl");
    // An identity and a list of its own; its agent never runs.
    installation const place(bench.with, bench.server, folder / "shell-loop", {});
    place.offer(echo_list(commands));
    write_file(folder / "loop.sh", R"(#!/bin/sh
# What the shell agents did, and as little beside it as can be: an order by curl, each command by a
# shell of its own, the report by curl.
base=$1 url=$2 id=$3 key=$4 ca=$5
. "$base/available_commands.sh"
while :; do
    order=$(curl -sS --cacert "$ca" -H 'Content-Type: application/json' \
        --data "{\"serverId\":\"$id\",\"serverApiKey\":\"$key\",\"previous\":\"\"}" "$url/v2/agent/get_config") || exit 1
    token=$(echo "$order" | awk '{ print $1 }')
    names=$(echo "$order" | awk '{ print $2 }' | tr ',' ' ')
    : >"$base/report"
    for name in $names; do
        echo "*-*-*-*------------ Trafikito command: trafikito_${name#trafikito_}" >>"$base/report"
        eval "command=\$trafikito_${name#trafikito_}"
        /bin/sh -c "$command" >>"$base/report" 2>&1 </dev/null
    done
    echo '*-*-*-*------------ Available commands:' >>"$base/report"
    grep '^trafikito_' "$base/available_commands.sh" >>"$base/report"
    answer=$(curl -sS --cacert "$ca" -F "output=@$base/report" -F timeTookLastTime=1 -F "serverId=$id" \
        -F "serverApiKey=$key" "$url/v2/agent/save_output?callToken=$token") || exit 1
    [ "$answer" = OK ] || exit 1
    echo 'report accepted'
    sleep 1
done
)",
               0755);
    peer_program one;
    one.id = "shell";
    one.name = "a loop of sh and curl, over TLS";
    one.note = "an order by curl, each command by a shell of its own, the report by curl; as short "
               "as such a loop can be";
    one.how.words = {"/bin/sh",
                     folder / "loop.sh",
                     place.base(),
                     "https://127.0.0.1:" + std::to_string(bench.server.port()),
                     place.configured("server_id"),
                     place.configured("api_key"),
                     bench.server.ca_file()};
    one.how.output = folder / "log";
    one.ready = [log = one.how.output] { return count_in(log, "report accepted") > 1; };
    return one;
}

} // namespace trafikito::test::bench
