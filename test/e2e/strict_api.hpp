#pragma once
// An API that takes only what doc/protocol.md describes, records it, and answers what a test
// scripted. A request that it must not take is answered 400 and fails the test. It shares no code
// with net/ and server/.

#include "test/e2e/request_check.hpp"
#include "test/support/certificates.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace trafikito::test {

inline constexpr auto v1_get = "/v1/agent/get";
inline constexpr auto v1_output = "/v1/agent/output";
inline constexpr auto v2_ping = "/v2/ping";
inline constexpr auto v2_order = "/v2/agent/get_config";
inline constexpr auto v2_output = "/v2/agent/save_output";
inline constexpr auto v2_feedback = "/v2/agent/error_feedback";
inline constexpr auto v2_agent_file = "/v2/agent/get_agent_file";

inline constexpr auto v2_identity = "/v2/agent/get_agent_file?file=trafikito.conf";
inline constexpr auto v2_list = "/v2/agent/get_agent_file?file=available_commands.sh";

struct answer {
    std::string content = "OK";
    unsigned status = 200;
    bool silent = false;       ///< never answers: the client must give up
    std::string location = {}; ///< where a redirect points
};

class strict_api {
public:
    /// Plain HTTP when `certificate` is empty.
    explicit strict_api(std::optional<identity> certificate, known_agent who = {});

    /// What went against doc/protocol.md until then becomes an error of the test.
    ~strict_api();
    strict_api(strict_api const&) = delete;
    strict_api& operator=(strict_api const&) = delete;

    [[nodiscard]] known_agent const& who() const;

    /// `https://127.0.0.1:PORT`
    [[nodiscard]] std::string url(std::string const& host = "127.0.0.1") const;

    /// Answers of one path, one after the other; the last one stays. Without any, a path answers
    /// `OK`. A path with its query beats one without.
    void answers(std::string const& path, std::vector<answer> script);

    [[nodiscard]] std::vector<seen_request> requests() const;
    [[nodiscard]] std::vector<seen_request> requests(std::string const& path) const;
    [[nodiscard]] std::size_t count(std::string const& path) const { return requests(path).size(); }

    /// The request of that number (from 1) to `path`. Waits for it; the test case ends when it does
    /// not come within 30 s.
    [[nodiscard]] seen_request wait_for(std::string const& path, std::size_t number = 1) const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace trafikito::test
