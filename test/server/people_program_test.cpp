// The built trafikito-server as people come to know it: the first password, log-in over TLS, who
// may look, tokens of programs; and what of all that stands where.
#include "server/people/cookies.hpp"
#include "test/server/child.hpp"
#include "test/server/http/tls_client.hpp"
#include "test/support/eventually.hpp"
#include "test/support/pseudo_terminal.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>
#include <memory>

namespace {

using namespace trafikito;

constexpr std::string_view good_password = "correct horse battery";

std::string last_line_with(std::string const& text, std::string_view mark) {
    auto const at = text.rfind(mark);
    if (at == std::string::npos) {
        return {};
    }
    auto const end = text.find_first_of("\r\n ", at);
    return text.substr(at, end - at);
}

std::string secret_of(std::string const& link) {
    return link.substr(link.rfind('/') + 1);
}

struct fixture {
    test::temporary_directory directory;
    std::string data = directory.path() / "data";
    std::string port_file = directory.path() / "port";
    std::unique_ptr<test::child> serving;

    void serve(std::vector<std::string> const& more = {}) {
        std::vector<std::string> arguments{"serve",       "--data",      data,     "--listen",
                                           "127.0.0.1:0", "--port-file", port_file};
        arguments.insert(arguments.end(), more.begin(), more.end());
        serving = std::make_unique<test::child>(arguments);
        BOOST_REQUIRE(serving->wrote("certificate authority: "));
        BOOST_REQUIRE(test::eventually([&] { return std::filesystem::exists(port_file); }));
    }
    test::ended_server run(std::vector<std::string> arguments, std::string_view input = {}) const {
        arguments.insert(arguments.end(), {"--data", data});
        return test::run_server(arguments, input);
    }
    std::string ask(std::string const& head, std::string const& body = "") const {
        test::tls_client client(static_cast<unsigned short>(std::stoi(test::read_file(port_file))),
                                data + "/ca.pem", "localhost");
        BOOST_REQUIRE(client.connected());
        client.send(head +
                    "\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    "X-Trafikito-Request: 1\r\nContent-Length: " +
                    std::to_string(body.size()) + "\r\n\r\n" + body);
        return client.receive();
    }
    std::string log_in(std::string_view name, std::string_view password) const {
        return ask("POST /api/v1/session HTTP/1.1", R"({"name":")" + std::string(name) +
                                                        R"(","password":")" +
                                                        std::string(password) + R"("})");
    }
    /// What serve wrote until it ended.
    std::string log_to_the_end() const {
        serving->signal(SIGTERM);
        serving->wait();
        return serving->output();
    }
};

std::string status_of(std::string const& answer) {
    return answer.substr(0, answer.find("\r\n"));
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(people_program, fixture)

BOOST_AUTO_TEST_CASE(a_log_says_what_to_run_and_holds_no_secret) {
    serve();
    BOOST_TEST(serving->wrote("page for people: https://"));
    BOOST_TEST(serving->output().find("nobody can log in to the page yet: run `") !=
               std::string::npos);
    BOOST_TEST(serving->output().find("#/password/") == std::string::npos);
    auto const link = run({"password", "--link"});
    BOOST_TEST(link.status == 0);
    auto const secret = secret_of(last_line_with(link.output, "https://"));
    BOOST_TEST(secret.size() == 43U);
    BOOST_TEST(link.output.find("fingerprint is") != std::string::npos);
    auto const answer =
        ask("POST /api/v1/password HTTP/1.1",
            R"({"link":")" + secret + R"(","password":")" + std::string(good_password) + R"("})");
    BOOST_TEST(status_of(answer) == "HTTP/1.1 200 OK");
    auto const log = log_to_the_end();
    BOOST_TEST(log.find(secret) == std::string::npos);
    BOOST_TEST(log.find(good_password) == std::string::npos);
    serve();
    BOOST_TEST(serving->output().find("nobody can log in") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_password_is_taken_from_standard_input_and_logs_in_over_tls) {
    serve();
    BOOST_TEST(run({"password"}, "short\n").status == 1);
    BOOST_TEST(run({"password"}, "").status == 1);
    auto const set = run({"password"}, std::string(good_password) + "\nwhat follows\n");
    BOOST_TEST(set.status == 0);
    BOOST_TEST(set.output.find("the password of admin (administrator) is set") !=
               std::string::npos);
    BOOST_TEST(status_of(log_in("admin", "wrong horse battery")) == "HTTP/1.1 401 Unauthorized");
    auto const answer = log_in("admin", good_password);
    BOOST_TEST(status_of(answer) == "HTTP/1.1 200 OK");
    std::string cookies;
    for (auto const name : {server::people::session_cookie, server::people::device_cookie}) {
        auto const line = "\r\nSet-Cookie: " + std::string(name) + "=";
        auto const at = answer.find(line);
        BOOST_REQUIRE(at != std::string::npos);
        auto const end = answer.find("\r\n", at + 2);
        BOOST_TEST(answer.substr(at, end - at).ends_with("; Secure; HttpOnly; SameSite=Strict"));
        auto const begin = at + std::string_view("\r\nSet-Cookie: ").size();
        cookies += answer.substr(begin, answer.find(';', begin) - begin) + "; ";
    }
    for (auto const* const header :
         {"Content-Security-Policy: default-src 'none'; ", "X-Content-Type-Options: nosniff",
          "X-Frame-Options: DENY", "Referrer-Policy: no-referrer", "Cache-Control: no-store",
          "Cross-Origin-Opener-Policy: same-origin", "Cross-Origin-Resource-Policy: same-origin"}) {
        BOOST_TEST(answer.find(std::string("\r\n") + header) != std::string::npos, header);
    }
    auto const who = ask("GET /api/v1/people HTTP/1.1\r\nCookie: " + cookies);
    BOOST_TEST(status_of(who) == "HTTP/1.1 200 OK");
    BOOST_TEST(status_of(ask("GET /api/v1/people HTTP/1.1")) == "HTTP/1.1 401 Unauthorized");
    BOOST_TEST(log_to_the_end().find(good_password) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_link_that_is_logged_in_is_good_once) {
    serve();
    auto const link = run({"password", "--log-in"});
    auto const shown = last_line_with(link.output, "https://");
    BOOST_TEST(shown.find("/#/enter/") != std::string::npos);
    auto const body = R"({"link":")" + secret_of(shown) + R"("})";
    BOOST_TEST(status_of(ask("POST /api/v1/session HTTP/1.1", body)) == "HTTP/1.1 200 OK");
    BOOST_TEST(status_of(ask("POST /api/v1/session HTTP/1.1", body)) ==
               "HTTP/1.1 401 Unauthorized");
}

BOOST_AUTO_TEST_CASE(people_are_added_listed_and_removed) {
    serve();
    run({"password"}, std::string(good_password) + "\n");
    auto const added = run({"people", "add", "zoe"});
    BOOST_TEST(added.status == 0);
    BOOST_TEST(added.output.find("/#/password/") != std::string::npos);
    BOOST_TEST(run({"people", "add", "zoe"}).status == 1);
    BOOST_TEST(run({"people", "add", "a/b"}).status == 2);
    BOOST_TEST(run({"people", "add", "eve", "--role", "king"}).status == 2);
    auto const list = boost::json::parse(run({"people", "--json"}).output);
    BOOST_TEST(list.at(0).at("name").as_string() == "admin");
    BOOST_TEST(list.at(0).at("password").as_bool());
    BOOST_TEST(list.at(1).at("role").as_string() == "reader");
    BOOST_TEST(!list.at(1).at("password").as_bool());
    BOOST_TEST(run({"password", "zoe"}, "a password of zoe\n").status == 0);
    BOOST_TEST(status_of(log_in("zoe", "a password of zoe")) == "HTTP/1.1 200 OK");
    BOOST_TEST(run({"people", "remove", "admin"}).status == 1);
    BOOST_TEST(run({"people", "remove", "zoe"}).status == 0);
    BOOST_TEST(run({"people", "remove", "zoe"}).status == 1);
    BOOST_TEST(run({"password", "zoe"}, "a password of zoe\n").status == 1);
    BOOST_TEST(status_of(log_in("zoe", "a password of zoe")) == "HTTP/1.1 401 Unauthorized");
}

BOOST_AUTO_TEST_CASE(a_token_opens_what_programs_ask_until_it_is_revoked) {
    serve();
    auto const made = run({"api-tokens", "make", "prometheus", "--valid", "365d"});
    BOOST_TEST(made.status == 0);
    auto const head = "GET /metrics HTTP/1.1\r\nAuthorization: Bearer " +
                      made.output.substr(0, made.output.find('\n'));
    auto const answer = ask(head);
    BOOST_TEST(status_of(answer) == "HTTP/1.1 200 OK");
    BOOST_TEST(answer.find("\ntrafikito_server_build_info{version=") != std::string::npos);
    auto const list = run({"api-tokens", "--json"});
    auto const id = std::string(boost::json::parse(list.output).at(0).at("id").as_string());
    BOOST_TEST(run({"api-tokens"}).output.find(made.output.substr(0, 68)) == std::string::npos);
    BOOST_TEST(run({"api-tokens", "revoke", "zzzz"}).status == 1);
    BOOST_TEST(run({"api-tokens", "revoke", id.substr(0, 5)}).status == 0);
    BOOST_TEST(status_of(ask(head)) == "HTTP/1.1 401 Unauthorized");
    BOOST_TEST(status_of(ask("GET /readyz HTTP/1.1")) == "HTTP/1.1 200 OK");
}

BOOST_AUTO_TEST_CASE(without_the_page_there_is_none_of_it) {
    serve({"--page", "off"});
    BOOST_TEST(serving->output().find("page for people") == std::string::npos);
    BOOST_TEST(serving->output().find("nobody can log in") == std::string::npos);
    for (auto const* const path : {"/", "/api/v1/session", "/metrics", "/readyz"}) {
        BOOST_TEST(status_of(ask("GET " + std::string(path) + " HTTP/1.1")) ==
                       "HTTP/1.1 404 Not Found",
                   path);
    }
    auto const link = run({"password", "--link"});
    BOOST_TEST(link.status == 1);
    BOOST_TEST(link.output.find("--page off") != std::string::npos);
    BOOST_TEST(run({"password"}, std::string(good_password) + "\n").status == 0);
}

BOOST_AUTO_TEST_CASE(on_a_terminal_a_password_is_typed_twice_and_not_seen) {
    serve();
    test::pseudo_terminal terminal({TRAFIKITO_SERVER, "password", "--data", data}, {});
    BOOST_REQUIRE(terminal.shows("New password of the administrator:"));
    terminal.type(std::string(good_password) + "\r");
    BOOST_REQUIRE(terminal.shows("The same again:"));
    terminal.type(std::string(good_password) + "\r");
    BOOST_TEST(terminal.wait() == 0);
    BOOST_TEST(terminal.written().find(good_password) == std::string::npos);
    BOOST_TEST(status_of(log_in("admin", good_password)) == "HTTP/1.1 200 OK");

    test::pseudo_terminal other({TRAFIKITO_SERVER, "password", "--data", data}, {});
    BOOST_REQUIRE(other.shows("New password of the administrator:"));
    other.type("another good password\r");
    BOOST_REQUIRE(other.shows("The same again:"));
    other.type("another bad password\r");
    BOOST_TEST(other.wait() == 1);

    test::pseudo_terminal left({TRAFIKITO_SERVER, "password", "--data", data}, {});
    BOOST_REQUIRE(left.shows("New password of the administrator:"));
    left.type("half a pass\x03");
    BOOST_TEST(left.wait() == 128 + SIGINT);
    BOOST_TEST(status_of(log_in("admin", good_password)) == "HTTP/1.1 200 OK");
}

BOOST_AUTO_TEST_CASE(on_a_terminal_serve_shows_the_link_beside_the_fingerprint) {
    test::pseudo_terminal terminal({TRAFIKITO_SERVER, "serve", "--data", data, "--listen",
                                    "127.0.0.1:0", "--port-file", port_file},
                                   {}, {.columns = 200, .lines = 60});
    BOOST_REQUIRE(terminal.shows("is shown with `serve --certificate FILE --key FILE`"));
    auto const secret = secret_of(last_line_with(terminal.written(), "https://127.0.0.1"));
    BOOST_TEST(secret.size() == 43U);
    BOOST_TEST(terminal.shows_now("Nobody can log in to the page yet."));
    BOOST_TEST(terminal.shows_now("SHA-256 fingerprint is"));
    auto const answer = ask("POST /api/v1/link HTTP/1.1", R"({"link":")" + secret + R"("})");
    BOOST_TEST(answer.find(R"("purpose":"password")") != std::string::npos);
    ::kill(terminal.pid(), SIGTERM);
    BOOST_TEST(terminal.wait() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
