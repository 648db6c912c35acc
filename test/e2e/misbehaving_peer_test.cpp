// Suite misbehaving_peer: whatever a peer does wrong, one cycle ends within its bounds, with the
// right exit code, and says in which step, with whom and why.
#include "test/e2e/misbehaving_peer.hpp"

#include "test/e2e/installation.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

using namespace trafikito::test;
namespace asio = boost::asio;
using std::chrono::seconds;
using steady = std::chrono::steady_clock;

namespace {

constexpr seconds short_timeout{3}; ///< of a request that must time out
constexpr seconds long_timeout{6};  ///< of one that must come to something else before
constexpr seconds bound{30};        ///< of a cycle, on a machine that is busy
constexpr std::size_t at_once = 16;

/// One agent and the peer that it meets.
class meeting {
public:
    meeting(asio::io_context& context, way const& how, int version,
            certificate_authority const& authority)
        : how_(how), version_(version), there_(who_),
          peer_(context, misbehaving(how_, version), settings_for(authority)) {
        there_.write_commands("trafikito_one=\"echo 1; head -c 3000000 /dev/zero\"\n");
        auto& environment = there_.environment;
        environment["TRAFIKITO_CA_FILE"] =
            there_.write("etc/ca.pem", authority.certificate()).string();
        bool const waits = how.words.find("timed out") != std::string::npos;
        environment["TRAFIKITO_REQUEST_TIMEOUT"] =
            std::to_string((waits ? short_timeout : long_timeout).count()) + "s";
        environment["TRAFIKITO_RETRIES"] = "0";
        environment["TRAFIKITO_RANDOM_NUMBER"] = "0";
        environment["TRAFIKITO_LOG_LEVEL"] = "debug";
        for (auto const& [name, value] : how.environment) {
            environment[name] = value;
        }
        auto const url = "https://" + address();
        there_.write_config(version == 1 ? writing::seeds : writing::exported,
                            version == 1 ? url : "");
        if (version == 2) {
            environment["TRAFIKITO_API_URL"] = url;
        }
        began_ = steady::now();
        agent_ =
            std::make_unique<program>(std::vector<std::string>{TRAFIKITO_AGENT, "--config",
                                                               there_.config().string(), "--once"},
                                      there_.all_environment());
    }

    /// Whether it is over, or lasts too long.
    [[nodiscard]] bool over() { return agent_->ended() || steady::now() - began_ > 2 * bound; }

    void check() {
        auto const ran = agent_->wait();
        auto const took = steady::now() - began_;
        auto const all = ran.out + ran.err;
        BOOST_TEST_CONTEXT("v" << version_ << ", a peer that " << how_.name << "\n" << all) {
            BOOST_TEST((how_.code == ran.code || (how_.code == -1 && ran.code < 2)),
                       "exit code " << ran.code);
            BOOST_TEST((took < bound));
            BOOST_TEST(says(all));
            BOOST_TEST(
                (how_.code != 1 || !how_.named || story(all).find(address()) != std::string::npos));
            for (std::string const unseen : {"asio.", who_.api_key.c_str(), call_token, "hunter2",
                                             "callToken=y", "terminate", "Sanitizer"}) {
                BOOST_TEST(all.find(unseen) == std::string::npos, unseen);
            }
            BOOST_TEST(!std::filesystem::exists(there_.base() / "evil"));
        }
    }

private:
    peer_settings settings_for(certificate_authority const& authority) const {
        peer_settings with;
        if (how_.tls) {
            certificate_wish wish;
            wish.names = {"127.0.0.1"};
            with.tls = authority.issue(wish);
        }
        if (how_.settings) {
            how_.settings(with);
        }
        return with;
    }

    [[nodiscard]] std::string address() const {
        return "127.0.0.1:" + std::to_string(peer_.port());
    }

    /// The line that says how the cycle ended.
    [[nodiscard]] static std::string story(std::string const& all) {
        for (std::string const begins : {"no order: ", "report not delivered "}) {
            if (auto const at = all.find(begins); at != std::string::npos) {
                return all.substr(at, all.find('\n', at) - at);
            }
        }
        return all;
    }

    [[nodiscard]] bool says(std::string const& all) const {
        auto const told = how_.code == 1 ? story(all) : all;
        for (std::size_t from = 0; from <= how_.words.size();) {
            auto const end = std::min(how_.words.find('|', from), how_.words.size());
            if (told.find(how_.words.substr(from, end - from)) != std::string::npos) {
                return true;
            }
            from = end + 1;
        }
        return false;
    }

    way how_;
    int version_;
    known_agent who_;
    installation there_;
    scripted_peer peer_;
    steady::time_point began_;
    std::unique_ptr<program> agent_;
};

struct arena {
    /// Each of them in both versions, some at a time. Peers and agents are looked after in turn:
    /// there is one thread.
    void meet(std::vector<way> const& ways) {
        std::vector<std::unique_ptr<meeting>> now;
        for (auto const& how : ways) {
            for (int const version : {1, 2}) {
                if (how.version != 0 && how.version != version) {
                    continue;
                }
                end_all_but(at_once - 1, now);
                now.push_back(std::make_unique<meeting>(context, how, version, authority));
            }
        }
        end_all_but(0, now);
        BOOST_TEST(elsewhere.connections() == 0U);
    }

    void end_all_but(std::size_t count, std::vector<std::unique_ptr<meeting>>& now) {
        while (now.size() > count) {
            context.restart();
            context.run_for(std::chrono::milliseconds{10});
            auto const over = std::ranges::find_if(now, [](auto& one) { return one->over(); });
            if (over != now.end()) {
                (*over)->check();
                now.erase(over);
            }
        }
    }

    asio::io_context context;
    certificate_authority authority;
    scripted_peer elsewhere{context, always(ok_answer("OK"))};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(misbehaving_peer, arena)

BOOST_AUTO_TEST_CASE(before_http_the_handshake_is_named) {
    meet(ways_to_break_connections(authority));
}

BOOST_AUTO_TEST_CASE(bad_http_is_told_from_silence) {
    meet(ways_to_break_http());
}

BOOST_AUTO_TEST_CASE(what_is_no_order_is_not_run) {
    meet(ways_to_break_orders("127.0.0.1:" + std::to_string(elsewhere.port())));
}

BOOST_AUTO_TEST_CASE(a_report_that_is_not_taken_is_not_lost_in_silence) {
    meet(ways_to_break_reports());
}

BOOST_AUTO_TEST_SUITE_END()
