// The other agents of this system's packages, at the same work as ours. What is measured is the
// agent with its children; who asks it is not.
#include "test/bench/peers.hpp"

#include "test/bench/contenders.hpp"
#include "test/bench/control_group.hpp"
#include "test/bench/waiting.hpp"
#include "test/bench/workbench.hpp"

#include <arpa/inet.h>
#include <csignal>
#include <fstream>
#include <memory>
#include <random>
#include <sys/socket.h>
#include <unistd.h>

namespace trafikito::test::bench {

namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

constexpr int warm_up = 3;
constexpr int cycles = 15;

/// Once a second by the clock, as ours is.
class every_second {
public:
    void wait() {
        next_ += std::chrono::seconds(1);
        if (auto const left = next_ - steady_clock::now(); left.count() > 0) {
            pass(left);
        }
    }

private:
    steady_clock::time_point next_ = steady_clock::now();
};

std::optional<double> measure_program(peer_program& one) {
    auto const group = control_group::make("peer");
    if (!group) {
        throw std::runtime_error("no control group can be made here (that takes root)");
    }
    one.how.group = group->procs();
    process running(one.how);
    wait_for(one.name + " to listen", [&] {
        if (running.ended()) {
            throw std::runtime_error("it ended: " + content_of(one.how.output));
        }
        return one.ready();
    });
    every_second clock;
    auto const turn = [&] {
        clock.wait();
        if (one.ask) {
            one.ask();
        }
    };
    for (int i = 0; i < warm_up; ++i) {
        turn();
    }
    clock.wait();
    auto const before = group->usage();
    for (int i = 0; i < cycles; ++i) {
        turn();
    }
    clock.wait();
    auto const used = group->usage() - before;
    // With the last one's own second: it has the same number of cycles, wherever they fall.
    auto const seconds = one.ask ? cycles : cycles + 1;
    running.end(SIGTERM);
    return std::chrono::duration<double, std::milli>(used).count() / seconds;
}

using maker = std::function<peer_program(fs::path const&)>;

peer make_peer(std::string const& id, fs::path const& folder, maker const& make) {
    fs::create_directories(folder);
    peer result;
    result.id = id;
    result.name = id;
    try {
        auto const program = std::make_shared<peer_program>(make(folder));
        result.name = program->name;
        result.note = program->note;
        result.measure = [program](std::string& note) -> std::optional<double> {
            workbench::say("  " + program->name);
            try {
                return measure_program(*program);
            } catch (interrupted const&) {
                throw;
            } catch (std::exception const& error) {
                note = error.what();
                workbench::say("    cannot be measured: " + note);
                return {};
            }
        };
    } catch (std::exception const& error) {
        result.note = error.what();
        result.measure = [](std::string&) { return std::optional<double>(); };
    }
    return result;
}

} // namespace

std::vector<peer> make_peers(workbench const& bench) {
    auto const all = bench.directory / "peers";
    std::vector<peer> peers;
    peers.push_back(make_peer("nrpe", all / "nrpe", nrpe));
    peers.push_back(make_peer("zabbix_agentd", all / "zabbix_agentd", zabbix_agentd));
    peers.push_back(make_peer("zabbix_agent2", all / "zabbix_agent2", zabbix_agent2));
    peers.push_back(make_peer("collectd", all / "collectd", collectd));
    peers.push_back(make_peer("monit", all / "monit", monit));
    peers.push_back(make_peer("shell", all / "shell",
                              [&](fs::path const& folder) { return shell_loop(folder, bench); }));
    return peers;
}

std::string must_be_installed(std::string const& program) {
    auto path = installed_program(program);
    if (path.empty()) {
        throw std::runtime_error(program + " is not installed");
    }
    return path;
}

namespace {

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

} // namespace

int free_port() {
    // Zabbix takes none above 32767, where those begin that the kernel gives away.
    std::random_device random;
    std::uniform_int_distribution any(20000, 32000);
    for (int tries = 0; tries < 100; ++tries) {
        int const port = any(random);
        int const taken = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        auto const address = loopback(port);
        bool const free =
            ::bind(taken, reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0;
        ::close(taken);
        if (free) {
            return port;
        }
    }
    throw std::runtime_error("there is no free port");
}

bool listens(int port) {
    int const one = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto const address = loopback(port);
    bool const well =
        ::connect(one, reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0;
    ::close(one);
    return well;
}

void write_file(fs::path const& file, std::string const& text, unsigned mode) {
    std::ofstream stream(file, std::ios::binary);
    if (!(stream << text << std::flush)) {
        throw std::runtime_error("cannot write " + file.string());
    }
    fs::permissions(file, fs::perms(mode));
}

} // namespace trafikito::test::bench
