#pragma once
// A machine that is to be enrolled, before a strict API: for the tests of enrolment.

#include "test/e2e/installation.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace trafikito::test {

inline bool has(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

/// `trafikito-agent enroll` into a directory of the test's.
struct machine {
    [[nodiscard]] std::vector<std::string> words(std::string const& url,
                                                 std::filesystem::path const& ca_file,
                                                 std::filesystem::path const& key_file,
                                                 std::string const& workspace) const {
        return {TRAFIKITO_AGENT,  "enroll",       "--api-url",           url,
                "--ca-file",      ca_file,        "--user-api-key-file", key_file,
                "--workspace-id", workspace,      "--server-name",       "test machine",
                "--base-dir",     base().string()};
    }
    [[nodiscard]] finished agent(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), {TRAFIKITO_AGENT, "--config", config().string()});
        return run(std::move(arguments), {"PATH=/usr/bin:/bin", "TRAFIKITO_INTERVAL=1s"});
    }
    [[nodiscard]] std::filesystem::path base() const { return here.path() / "opt/trafikito"; }
    [[nodiscard]] std::filesystem::path config() const { return base() / "etc/trafikito.cfg"; }
    [[nodiscard]] std::filesystem::path list() const { return base() / "available_commands.sh"; }

    temporary_directory here;
};

/// The wire of an enrolment, before a strict API.
struct enrolment_fixture : machine {
    /// By the key of a person, or by a token.
    explicit enrolment_fixture(known_agent const& who = {}) {
        certificate_wish wish;
        wish.names = {"127.0.0.1"};
        api = std::make_unique<strict_api>(authority.issue(wish), who);
        ca_file = here.write("ca.pem", authority.certificate());
        key_file = here.write("key", api->who().user_api_key + "\n");
    }
    static known_agent with_token() {
        known_agent who;
        who.user_api_key = "enroll-" + std::string(60, '0') + "cafe";
        return who;
    }

    void answer_with(std::string const& identity, std::string const& list = proposed) const {
        api->answers(v2_identity, {{identity}});
        api->answers(v2_list, {{list}});
    }
    [[nodiscard]] std::string good_identity() const {
        return "# made for you\nserver_id = " + api->who().server_id +
               "\napi_key = " + api->who().api_key + "\nurl_output = https://evil.example/\n";
    }
    [[nodiscard]] std::vector<std::string>
    words_here(std::vector<std::string> const& more = {}) const {
        auto all = words(api->url(), ca_file, key_file, api->who().workspace_id);
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    [[nodiscard]] finished enroll_here(std::vector<std::string> const& more = {}) const {
        return run(words_here(more), {"PATH=/usr/bin:/bin"});
    }

    /// A list as an API makes it of what this machine proposed.
    static constexpr auto proposed = "# list\ntrafikito_free=\"free\"\ntrafikito_df_h=\"df -h\"\n";

    certificate_authority authority;
    std::unique_ptr<strict_api> api;
    std::filesystem::path ca_file;
    std::filesystem::path key_file;
};

struct token_fixture : enrolment_fixture {
    token_fixture() : enrolment_fixture(with_token()) {}
};

} // namespace trafikito::test
