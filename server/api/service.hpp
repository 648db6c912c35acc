#pragma once
// The Trafikito API from its own side: one request in, one response out (doc/protocol.md). The
// listener asks it for every request. Orders, pings and refusals are answered from memory; what has
// to be on the disk before its answer waits for the store thread, and nobody waits with it. It
// never puts a command line on a machine.

#include "base/log.hpp"
#include "server/api/agent_files.hpp"
#include "server/api/machines.hpp"
#include "server/api/refusals.hpp"
#include "server/api/report_extensions.hpp"
#include "server/api/report_rate.hpp"
#include "server/api/roster.hpp"
#include "server/api/value_taking.hpp"
#include "server/http/application.hpp"
#include "server/http/incidents.hpp"
#include "server/store/group_commit.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::net::api {
struct order;
}

namespace trafikito::server::api {

struct service_settings {
    std::chrono::seconds min_interval{60}; ///< 0: a server may ask as often as it likes
    std::size_t machine_rate = report_rate::default_bytes; ///< bytes a minute of one server
    std::string workspace_id = "default";
    security::digest user_key{}; ///< SHA-256 of the user_api_key that enrolment asks for
    bool shares_store = false;   ///< other processes answer the same machines
};

/// A report as it stands in a request, into which it points.
struct submission {
    std::string token; ///< v1's call token; empty: v2
    std::optional<std::int64_t> took;
    std::string_view output;
    std::string_view results;
};

/// What became of it in the store.
struct kept_report {
    enum class kind : std::uint8_t { kept, no_server, too_large, too_many_sections };
    kind what = kind::kept;
    std::optional<store::stored_report> stored; ///< of `kept`; nothing: it was there already
    std::optional<std::string> available;       ///< the list of its server, from now on
    base::wall_time now;
    std::optional<base::wall_time> collected;
    std::size_t sections = 0;
    bool known_call = true;
    std::vector<left_out> ignored;
};

class service : public http::application {
public:
    // In a minute. What a person who enrols machines does takes two requests for each.
    static constexpr std::size_t max_feedback = 10;     ///< of one server
    static constexpr std::size_t max_enrolments = 3000; ///< requests by one token, or the user key

    /// `serving` runs in one thread, in which everything here is called.
    service(boost::asio::any_io_executor serving, store::store_thread& kept, base::wall_clock now,
            service_settings settings, base::log& log);

    http::expectation expect(http::request const& head, std::string_view sender) override;

    void turned_away(http::turned_away const& what) override;

    /// Never throws for what a request holds; a store that fails answers 503 and is logged.
    boost::asio::awaitable<http::response> answer(http::request from) override;

    /// From now on.
    void set(service_settings settings) { settings_ = std::move(settings); }

    /// What new machines download from now on; none: they are told that there is nothing.
    void use(std::shared_ptr<agent_files const> files) { files_ = std::move(files); }

    /// What is taken out of reports from now on; from any thread.
    void use(std::shared_ptr<values::rules const> rules) { taking_->use(std::move(rules)); }

    /// Somebody else in this process changed, in the store, which servers and tokens there are or
    /// what is asked of them.
    void servers_changed() { roster_.read_anew(); }

    /// Since the start.
    struct figures {
        std::uint64_t reports = 0; ///< that were stored
        std::uint64_t refused = 0; ///< requests
    };
    [[nodiscard]] figures counted() const { return counted_; }

    /// Whether it knows which servers there are, or can find out now.
    boost::asio::awaitable<bool> knows_servers();

    /// Says what was counted since, and writes down what was refused; once in a few seconds.
    void tick(std::chrono::steady_clock::time_point now) {
        strangers_.tick(now);
        complaints_.tick(now);
        keep_refusals(now);
    }

    /// It stops: what was refused is written down before.
    void stop();

private:
    // Shared with the jobs of the store thread, which may outlive the answer.
    using request_ptr = std::shared_ptr<http::request const>;
    using server_ptr = roster::server_ptr;
    using answering = boost::asio::awaitable<http::response>;

    /// Who may enrol: by the user_api_key, by a token that is or was one, or not.
    struct enroller {
        std::optional<security::digest> token;
        std::optional<http::response> refusal;
    };
    /// A server as its machine is told of it.
    struct identity {
        std::string id;
        std::string name;
        std::string key;
        bool again = false; ///< its installer was here before
        std::optional<http::response> refusal;
    };

    answering route(request_ptr from);

    // api_v1.cpp
    answering v1_get(request_ptr from);
    answering v1_output(request_ptr from);

    // api_v2.cpp
    answering v2_ping(request_ptr from);
    answering v2_get_config(request_ptr from);
    answering v2_save_output(request_ptr from);
    answering v2_error_feedback(request_ptr from);
    answering widgets(request_ptr from);
    answering healthz(request_ptr from);

    // served_files.cpp
    answering served_file(request_ptr from);
    http::response shell_script(http::request const& from);

    // enrolment.cpp
    answering get_agent_file(request_ptr from);
    answering enrol(request_ptr from);
    answering enrol_commands(request_ptr from);
    boost::asio::awaitable<identity>
    new_server(request_ptr from, std::optional<security::digest> token, std::string name);
    http::response identity_answer(http::request const& from, identity const& made);

    // token_enrolment.cpp
    boost::asio::awaitable<enroller> enroller_of(request_ptr from, std::string_view workspace_id,
                                                 std::string_view key);
    http::response refuse_token(http::request const& from, store::enrolment_outcome why);
    /// Nothing when one more is admitted, which is counted then: of that token, or of all who have
    /// the user_api_key.
    std::optional<http::response> too_many_enrolments(http::request const& from,
                                                      enroller const& who);

    /// The answer to an order: it names what more is understood here than v1 and v2 say, and the
    /// least interval.
    [[nodiscard]] http::response order_answer(std::string body, store::server_row const& to) const;
    /// The error of an order that was asked for too early, which names the least interval.
    http::response refuse_too_early(http::request const& from, store::server_row const& server,
                                    std::string_view code, std::string_view message);
    void name_least_interval(http::response& answer) const;

    /// Looks at which machine sent a request that has the server's key, and says when it is one of
    /// several.
    void note_machine(http::request const& from, store::server_row const& server);
    void note_several(store::server_row const& server,
                      std::optional<machines::finding> const& found, std::string const& what);

    /// The server of that id when the key is its own. Unknown ids take as long as wrong keys.
    boost::asio::awaitable<server_ptr> authenticate(std::string_view id, std::string_view key);
    boost::asio::awaitable<server_ptr> authenticate(std::string_view key);
    void require_roster(server_ptr const& found) const;
    [[nodiscard]] bool is_user(std::string_view workspace_id, std::string_view user_key) const;

    /// The once-a-minute rule.
    bool asks_too_early(store::server_row const& server);
    /// Notes that an order was given: at once in memory, and on the disk as soon as that can be. A
    /// store that cannot write is no reason to give none: what a machine collects meanwhile it
    /// keeps, and sends later. False when another process gave it one that recently.
    boost::asio::awaitable<bool> note_order(server_ptr server, store::given_order given);
    boost::asio::awaitable<bool> claim_order(std::string id, store::given_order given);
    static void store_orders(store::store& kept, std::span<store::change_ptr const> all);
    boost::asio::awaitable<void> keep_several_machines(std::string id);
    /// Runs in the background; what it throws is said under `topic`, until it goes well again.
    void start(boost::asio::awaitable<void> work, std::string topic);
    void note_store(std::string_view problem);
    void note_unwritten(std::string const& topic, std::string_view problem);

    // keep_report.cpp
    static void store_reports(value_taking& taking, store::store& kept,
                              std::span<store::change_ptr const> all);
    answering keep_report(request_ptr from, server_ptr server, submission sent);
    void say_what_was_kept(kept_report const& kept, store::server_row const& server,
                           std::size_t bytes, http::response& answered);
    /// Nothing when so many bytes more of feedback are admitted, which are counted then.
    std::optional<http::response> too_much_feedback(http::request const& from,
                                                    store::server_row const& server);
    http::response too_many_reports(http::request const& from, store::server_row const& server,
                                    report_rate::verdict const& verdict);

    // note_refusals.cpp
    /// For `trafikito-server why`: at once in memory, on the disk within a minute.
    void note_refusal(http::request const& from, store::server_row const* server,
                      std::string_view kind, std::string_view words);
    /// Of a request that gives this id, with a key that is not its own.
    void note_wrong_key(http::request const& from, std::string_view id);
    void note_refusal(store::refusal what);
    void keep_refusals(std::chrono::steady_clock::time_point now);
    boost::asio::awaitable<void> write_refusals(std::vector<store::refusal> all);

    /// As a line of the log names a server: `ID (NAME)`.
    static std::string name_of(store::server_row const& server);

    /// An error answer in doc/protocol.md's form, and its line in the log, which names the server
    /// where it is known.
    http::response refuse(http::request const& from, unsigned status, std::string_view code,
                          std::string_view message, store::server_row const* server = nullptr);
    /// The answer alone.
    static http::response error_answer(unsigned status, std::string_view code,
                                       std::string_view message);
    http::response malformed(http::request const& from, std::string_view what);
    /// `id`: of the server as which it asks; empty: its request names none.
    http::response wrong_key(http::request const& from, std::string_view id = {});
    void log_refusal(http::request const& from, unsigned status, std::string_view message,
                     store::server_row const* server);
    static http::response ok(store::server_row const& sender);

    boost::asio::any_io_executor serving_;
    store::store_thread& store_;
    std::shared_ptr<value_taking> taking_; ///< the store thread's, too
    store::group_commit reports_;
    store::group_commit noted_orders_;
    base::wall_clock now_;
    service_settings settings_;
    base::log& log_;
    http::incidents strangers_;
    http::incidents complaints_; ///< what machines complain of: apart, it is in their own words
    roster roster_;
    report_rate rate_;
    report_rate feedback_rate_{max_feedback};
    report_rate noting_rate_{report_rate::max_reports}; ///< of orders, on the disk
    report_rate enrolment_rate_{max_enrolments};        ///< by token
    machines machines_;
    refusals refusals_;
    std::shared_ptr<agent_files const> files_;
    figures counted_;
    std::map<std::string, base::wall_time, std::less<>> orders_; ///< given last, by server
};

} // namespace trafikito::server::api
