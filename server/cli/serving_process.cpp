#include "server/cli/serving_process.hpp"

#include "base/ascii.hpp"
#include "base/file.hpp"
#include "base/shell_quoting.hpp"
#include "base/spawn.hpp"
#include "base/units.hpp"
#include "server/cli/data_directory.hpp"
#include "server/cli/house.hpp"
#include "server/cli/unit_options.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <exception>
#include <optional>
#include <string_view>

namespace trafikito::server::cli {

namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using asio::ip::tcp;

constexpr std::size_t max_table = 8UL * 1024 * 1024;
constexpr std::string_view is_socket = "socket:[";

fs::path proc_of(int process) {
    return fs::path("/proc") / std::to_string(process);
}

std::string text_of(fs::path const& file) {
    return base::read_file(file, max_table).content.value_or("");
}

/// proc(5), /proc/PID/stat: the letter behind the name, which may hold parentheses.
char state_of_process(int process) {
    auto const line = text_of(proc_of(process) / "stat");
    auto const at = line.rfind(") ");
    return at == std::string::npos || at + 2 >= line.size() ? '?' : line[at + 2];
}

/// Each descriptor's link, and what it points at.
std::vector<std::pair<fs::path, std::string>> open_files(int process) {
    std::vector<std::pair<fs::path, std::string>> found;
    std::error_code failed;
    for (fs::directory_iterator at(proc_of(process) / "fd", failed);
         !failed && at != fs::directory_iterator(); at.increment(failed)) {
        std::error_code gone;
        auto const target = fs::read_symlink(at->path(), gone);
        if (!gone) {
            found.emplace_back(at->path(), target.string());
        }
    }
    return found;
}

std::vector<std::string> sockets_of(int process) {
    std::vector<std::string> inodes;
    for (auto const& [link, target] : open_files(process)) {
        if (target.starts_with(is_socket) && target.ends_with(']')) {
            inodes.push_back(target.substr(is_socket.size(), target.size() - is_socket.size() - 1));
        }
    }
    return inodes;
}

std::optional<std::uint32_t> hexadecimal(std::string_view text) {
    std::uint32_t number = 0;
    auto const read = std::from_chars(text.data(), text.data() + text.size(), number, 16);
    bool const whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
    return whole ? std::optional(number) : std::nullopt;
}

/// `0100007F:20FB`: words of four bytes as this machine has them in memory, then the port.
std::optional<tcp::endpoint> endpoint_in(std::string_view text) {
    constexpr std::size_t digits = 8;
    auto const colon = std::min(text.find(':'), text.size());
    auto const host = text.substr(0, colon);
    auto const port = hexadecimal(text.substr(std::min(colon + 1, text.size())));
    if (!port || (host.size() != digits && host.size() != 4 * digits)) {
        return std::nullopt;
    }
    asio::ip::address_v6::bytes_type bytes{};
    for (std::size_t i = 0; i * digits < host.size(); ++i) {
        auto const word = hexadecimal(host.substr(i * digits, digits));
        if (!word) {
            return std::nullopt;
        }
        auto const raw = std::bit_cast<std::array<unsigned char, 4>>(*word);
        std::ranges::copy(raw, bytes.begin() + static_cast<std::ptrdiff_t>(4 * i));
    }
    auto const at = static_cast<std::uint16_t>(*port);
    if (host.size() == digits) {
        return tcp::endpoint(asio::ip::address_v4({bytes[0], bytes[1], bytes[2], bytes[3]}), at);
    }
    return tcp::endpoint(asio::ip::address_v6(bytes), at);
}

std::vector<tcp::endpoint> endpoints_in(std::string_view table,
                                        std::vector<std::string> const& inodes) {
    constexpr std::size_t local = 1;
    constexpr std::size_t state = 3;
    constexpr std::size_t inode = 9;
    constexpr std::string_view listens = "0A";
    std::vector<tcp::endpoint> found;
    base::line_reader lines(table);
    while (auto const line = lines.next()) {
        auto const words = base::words_in(line->text);
        if (words.size() <= inode || words[state] != listens ||
            std::ranges::find(inodes, words[inode]) == inodes.end()) {
            continue;
        }
        if (auto const at = endpoint_in(words[local])) {
            found.push_back(*at);
        }
    }
    return found;
}

/// Where whoever listens at any address is found.
tcp::endpoint reached_at(tcp::endpoint at) {
    if (at.address().is_unspecified()) {
        at.address(at.address().is_v4() ? asio::ip::address(asio::ip::address_v4::loopback())
                                        : asio::ip::address(asio::ip::address_v6::loopback()));
    }
    return at;
}

std::string shown(tcp::endpoint const& at) {
    auto const host = at.address().to_string();
    return (at.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(at.port());
}

bool is_in_our_network(int process) {
    std::error_code failed;
    auto const theirs = fs::read_symlink(proc_of(process) / "ns/net", failed);
    auto const ours = failed ? fs::path() : fs::read_symlink("/proc/self/ns/net", failed);
    return !failed && theirs == ours;
}

asio::awaitable<void> ping(tcp::endpoint at, asio::ssl::context& context, bool& answered) {
    constexpr auto token = asio::as_tuple(asio::use_awaitable);
    asio::ssl::stream<tcp::socket> stream(co_await asio::this_coro::executor, context);
    auto const connected = co_await stream.next_layer().async_connect(at, token);
    if (std::get<0>(connected)) {
        answered = true; // by refusing: somebody else is there meanwhile, or nobody
        co_return;
    }
    auto const shaken = co_await stream.async_handshake(asio::ssl::stream_base::client, token);
    if (std::get<0>(shaken)) {
        answered = true; // in whatever words
        co_return;
    }
    std::string const question = "POST /v2/ping HTTP/1.1\r\nHost: localhost\r\n"
                                 "Content-Length: 0\r\nConnection: close\r\n\r\n";
    auto const out = asio::buffer(question);
    auto const sent = co_await asio::async_write(stream, out, token);
    std::array<char, 1024> answer{};
    auto const in = asio::buffer(answer);
    auto const got = co_await stream.async_read_some(in, token);
    answered = std::get<0>(sent) || std::get<1>(got) != 0 || std::get<0>(got);
}

bool answers(tcp::endpoint const& at, std::chrono::milliseconds patience) {
    asio::io_context context{1};
    asio::ssl::context tls(asio::ssl::context::tls_client);
    tls.set_verify_mode(asio::ssl::verify_none); // nothing is told to whoever is there
    bool answered = false;
    base::spawn(context.get_executor(), ping(at, tls, answered),
                [](std::exception_ptr const& failed) {
                    if (failed) {
                        std::rethrow_exception(failed);
                    }
                });
    context.run_for(patience);
    return answered;
}

} // namespace

pulse feel_pulse(int process, std::chrono::milliseconds patience) {
    pulse found;
    auto const state = state_of_process(process);
    if (state == 'T' || state == 't') {
        found.is = state == 'T' ? pulse::state::stopped : pulse::state::traced;
        return found;
    }
    if (!is_in_our_network(process)) {
        return found;
    }
    auto const sockets = sockets_of(process);
    for (auto const* const name : {"net/tcp", "net/tcp6"}) {
        for (auto const& at : endpoints_in(text_of(proc_of(process) / name), sockets)) {
            found.where = shown(reached_at(at));
            found.is =
                answers(reached_at(at), patience) ? pulse::state::answers : pulse::state::silent;
            return found;
        }
    }
    return found;
}

std::string in_words(pulse const& of, int process, fs::path const& data) {
    auto const who =
        "process " + std::to_string(process) + ", which serves " + data.string() + ", ";
    switch (of.is) {
    case pulse::state::stopped:
        return who + "was stopped by a signal (SIGSTOP) and answers nobody";
    case pulse::state::traced:
        return who + "is held by a debugger (or strace) and answers nobody";
    case pulse::state::silent:
        return who + "does not answer at " + of.where + ": it hangs";
    case pulse::state::unknown:
    case pulse::state::answers:
        break;
    }
    return {};
}

std::string how_to_wake(pulse const& of, int process, fs::path const& data) {
    auto const pid = std::to_string(process);
    if (of.is == pulse::state::stopped) {
        return "kill -CONT " + pid;
    }
    if (of.is == pulse::state::traced) {
        return "kill \"$(awk '/^TracerPid/ { print $2 }' /proc/" + pid + "/status)\"";
    }
    if (data == usual_data_directory) {
        return "systemctl restart trafikito-server";
    }
    auto again = how_to_start(data);
    if (auto const options = options_of_process(process)) { // somebody gave it more than that
        again = "trafikito-server serve";
        for (auto const& word : options->words) {
            again += ' ' + base::shell_quoted(word);
        }
    }
    return "kill -KILL " + pid + "; " + again;
}

std::vector<fs::path> deleted_files(int process, fs::path const& file) {
    std::error_code failed;
    auto const folder = fs::canonical(file.parent_path(), failed);
    auto const name = (failed ? file : folder / file.filename()).string();
    std::vector<fs::path> found;
    auto const open = open_files(process);
    for (auto const* const end : {"", "-wal"}) {
        auto const link = std::ranges::find_if(
            open, [&](auto const& one) { return one.second == name + end + " (deleted)"; });
        if (link != open.end()) {
            found.push_back(link->first);
        } else if (*end == '\0') {
            return found; // the database itself is there
        }
    }
    return found;
}

std::vector<std::string> listening_at(std::string_view table,
                                      std::vector<std::string> const& inodes) {
    std::vector<std::string> found;
    for (auto const& at : endpoints_in(table, inodes)) {
        found.push_back(shown(at));
    }
    return found;
}

} // namespace trafikito::server::cli
