// Zabbix's two agents, and the client of a passive check: a key to an agent, its value back, over
// TCP ("Header" and "Passive and active agent checks" of Zabbix's manual).
#include "test/bench/peers.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <string_view>

namespace trafikito::test::bench {

namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace std::string_view_literals;

constexpr int commands = 10;

/// `ZBXD`, a flag, the length in eight bytes from the least one on.
std::string framed(std::string const& text) {
    auto result = std::string("ZBXD\1"sv);
    for (auto left = text.size(), i = std::size_t{0}; i < 8; ++i, left /= 256) {
        result += static_cast<char>(left % 256);
    }
    return result + text;
}

std::string value_of(int port, std::string const& key) {
    asio::io_context context;
    asio::ip::tcp::socket peer(context);
    peer.connect({asio::ip::address_v4::loopback(), static_cast<asio::ip::port_type>(port)});
    asio::write(peer, asio::buffer(framed(key)));
    std::string answer;
    boost::system::error_code end; // it closes behind its answer
    asio::read(peer, asio::dynamic_buffer(answer), end);
    constexpr std::size_t header = 13;
    return answer.size() < header ? std::string() : answer.substr(header);
}

void ask_all(int port) {
    for (int i = 0; i < commands; ++i) {
        auto const number = std::to_string(i);
        if (auto const said = value_of(port, "c" + number); said != number) {
            throw std::runtime_error("for c" + number + " it said " + said);
        }
    }
}

peer_program zabbix(std::string const& program, fs::path const& folder, std::string const& more) {
    auto const path = must_be_installed(program);
    int const port = free_port();
    std::string text = "Server=127.0.0.1\nListenIP=127.0.0.1\nListenPort=" + std::to_string(port) +
                       "\nLogType=console\nHostname=bench\nPidFile=" + (folder / "pid").string() +
                       "\n" + more;
    for (int i = 0; i < commands; ++i) {
        auto const number = std::to_string(i);
        text += "UserParameter=c" + number + ",echo " + number + "\n";
    }
    write_file(folder / "agent.conf", text);
    peer_program one;
    one.id = program;
    one.name = program + ", over plain TCP";
    one.note = "`UserParameter`, a passive check and a connection for each";
    one.how.words = {path, "-c", folder / "agent.conf", "-f"};
    one.how.output = folder / "log";
    one.ready = [port] { return listens(port); };
    one.ask = [port] { ask_all(port); };
    return one;
}

} // namespace

peer_program zabbix_agentd(fs::path const& folder) {
    return zabbix("zabbix_agentd", folder, "AllowRoot=1\nUser=nobody\n");
}

peer_program zabbix_agent2(fs::path const& folder) {
    return zabbix("zabbix_agent2", folder,
                  "ControlSocket=" + (folder / "control").string() +
                      "\nPluginSocket=" + (folder / "plugins").string() + "\n");
}

} // namespace trafikito::test::bench
