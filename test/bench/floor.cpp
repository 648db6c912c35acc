// The floor under what an agent can cost: the same cycle with nothing around it. Asks for an order
// over TLS, starts each command by posix_spawn(3), reads what it prints, sends the report. No time-
// out, no limit, no retry, no clean-up, nothing kept; whatever fails ends it. Says a line a cycle.
//
//     floor PORT CA_FILE SERVER_ID API_KEY COMMAND...     one cycle a second, at 127.0.0.1, for
//     ever
#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

namespace {

int checked(int result) {
    if (result < 0) {
        std::exit(1);
    }
    return result;
}

std::string ask(SSL* tls, std::string const& path, std::string const& type,
                std::string const& body) {
    auto const text = "POST /v2/agent/" + path +
                      " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: " + type +
                      "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    checked(SSL_write(tls, text.data(), static_cast<int>(text.size())) - 1);
    std::array<char, 16384> answer{};
    auto const size =
        checked(SSL_read(tls, answer.data(), static_cast<int>(answer.size())) - 1) + 1;
    std::string const whole(answer.data(), static_cast<std::size_t>(size));
    return whole.substr(whole.find("\r\n\r\n") + 4);
}

int start(char* command, pid_t& pid) {
    std::array<int, 2> ends{};
    checked(::pipe2(ends.data(), O_CLOEXEC));
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_adddup2(&files, ends[1], 1);
    ::posix_spawn_file_actions_adddup2(&files, ends[1], 2);
    std::string shell = "sh";
    std::string option = "-c";
    std::array<char*, 4> words{shell.data(), option.data(), command, nullptr};
    checked(-::posix_spawn(&pid, "/bin/sh", &files, nullptr, words.data(), environ));
    ::posix_spawn_file_actions_destroy(&files);
    ::close(ends[1]);
    return ends[0];
}

void cycle(SSL_CTX* context, char** words, std::size_t count) {
    int const peer = checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::atoi(words[1])));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    checked(::connect(peer, reinterpret_cast<sockaddr const*>(&to), sizeof to));
    SSL* const tls = ::SSL_new(context);
    ::SSL_set_fd(tls, peer);
    checked(::SSL_connect(tls) - 1);
    std::string const id = words[3];
    std::string const key = words[4];
    auto const order =
        ask(tls, "get_config", "application/json",
            R"({"serverId":")" + id + R"(","serverApiKey":")" + key + R"(","previous":""})");
    std::vector<int> outputs;
    std::vector<pid_t> children(count);
    for (std::size_t i = 0; i < count; ++i) {
        outputs.push_back(start(words[5 + i], children[i]));
    }
    std::string body =
        "--b\r\nContent-Disposition: form-data; name=\"output\"; filename=\"f\"\r\n\r\n";
    for (std::size_t i = 0; i < count; ++i) {
        body += "*-*-*-*------------ Trafikito command: trafikito_" + std::to_string(i) + "\n";
        std::array<char, 65536> buffer; // NOLINT(*-member-init): read into
        for (ssize_t got = 0; (got = ::read(outputs[i], buffer.data(), buffer.size())) > 0;) {
            body.append(buffer.data(), static_cast<std::size_t>(got));
        }
        ::close(outputs[i]);
        ::waitpid(children[i], nullptr, 0);
    }
    body += "*-*-*-*------------ Available commands:\n";
    for (auto const& [name, value] : {std::pair<char const*, std::string>{"timeTookLastTime", "1"},
                                      {"serverId", id},
                                      {"serverApiKey", key}}) {
        body += std::string("\r\n--b\r\nContent-Disposition: form-data; name=\"") + name +
                "\"\r\n\r\n" + value;
    }
    auto const answer = ask(tls, "save_output?callToken=" + order.substr(0, order.find(' ')),
                            "multipart/form-data; boundary=b", body + "\r\n--b--\r\n");
    checked(answer == "OK" ? 0 : -1);
    ::SSL_shutdown(tls);
    ::SSL_free(tls);
    ::close(peer);
}

} // namespace

int main(int count, char** words) {
    SSL_CTX* const context = ::SSL_CTX_new(::TLS_client_method());
    ::SSL_CTX_load_verify_locations(context, words[2], nullptr);
    ::SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    timespec due{};
    ::clock_gettime(CLOCK_MONOTONIC, &due);
    for (;; ++due.tv_sec) {
        ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, nullptr);
        cycle(context, words, static_cast<std::size_t>(count) - 5);
        checked(::write(2, "report accepted\n", 16) == 16 ? 0 : -1);
    }
}
