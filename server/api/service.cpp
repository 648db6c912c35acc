#include "server/api/service.hpp"

#include "base/printable.hpp"
#include "base/redactor.hpp"
#include "base/spawn.hpp"
#include "base/units.hpp"
#include "net/api/api_error.hpp"
#include "server/api/next_order.hpp"
#include "server/api/report_extensions.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

namespace trafikito::server::api {

namespace {

namespace asio = boost::asio;

constexpr std::size_t max_key = 512;
constexpr std::size_t max_report = 16UL * 1024 * 1024;
constexpr std::size_t max_first_outputs = 2UL * 1024 * 1024; ///< of enrolment, and feedback
constexpr std::string_view report_v1 = "/v1/agent/output";
constexpr std::string_view report_v2 = "/v2/agent/save_output";
/// What one whose report cannot be stored is told to wait.
constexpr std::chrono::seconds store_pause{30};
constexpr std::size_t given_order_bytes = 1024;

/// How long an order waits for the word of a store that other processes share.
constexpr std::chrono::milliseconds claim_patience{250};
constexpr char const* orders_topic = "orders given";

struct coming_order : store::grouped_change {
    coming_order(std::string server, store::given_order what, std::chrono::milliseconds least)
        : grouped_change(given_order_bytes), id(std::move(server)), given(std::move(what)),
          pause(least) {}

    std::string id;
    store::given_order given;
    std::chrono::milliseconds pause;
    bool noted = true; ///< false: too early, for another process gave it one
};

} // namespace

service::service(asio::any_io_executor serving, store::store_thread& kept, base::wall_clock now,
                 service_settings settings, base::log& log)
    : serving_(std::move(serving)), store_(kept), taking_(std::make_shared<value_taking>()),
      reports_(serving_, kept,
               [taking = taking_](store::store& to, std::span<store::change_ptr const> all) {
                   store_reports(*taking, to, all);
               }),
      noted_orders_(serving_, kept, store_orders), now_(std::move(now)),
      settings_(std::move(settings)), log_(log), strangers_(log), complaints_(log),
      roster_(serving_, kept, log) {}

// A key in the head makes its sender known before a large body comes; one in the body cannot.
http::expectation service::expect(http::request const& head, std::string_view sender) {
    http::expectation expected;
    auto const path = http::path_of(head);
    bool const is_report = path == report_v1 || path == report_v2;
    if (is_report) {
        expected.max_body = max_report;
    } else if (path == "/v2/agent/get_agent_file" || path == "/v2/agent/error_feedback") {
        expected.max_body = max_first_outputs;
    }
    if (path == report_v1) {
        auto const key = http::find_header(head, "Authorization");
        auto const server = key.size() <= max_key ? roster_.find(security::sha256(key)) : nullptr;
        expected.sender = server ? server->id : "";
    }
    auto const& who = expected.sender.empty() ? sender : expected.sender;
    if (auto const server = is_report ? roster_.find(who) : nullptr) {
        // Whoever has sent too much already is told so before his body is read.
        auto const verdict = rate_.look(server->id, settings_.machine_rate, now_());
        if (!verdict.admitted) {
            expected.refusal = too_many_reports(head, *server, verdict);
        }
    }
    return expected;
}

asio::awaitable<http::response> service::answer(http::request from) {
    auto const request = std::make_shared<http::request const>(std::move(from));
    std::string problem;
    bool unknown = false;
    try {
        auto answered = co_await route(request);
        co_return answered;
    } catch (store::store_no_server const&) {
        unknown = true;
    } catch (store::store_error const& failure) {
        problem = failure.what();
    }
    if (unknown) {
        roster_.read_anew();
        co_return wrong_key(*request);
    }
    note_store(problem);
    auto refusal = error_answer(503, "#store", "THE_STORE_CANNOT_TAKE_IT_NOW_TRY_AGAIN_LATER");
    refusal.headers.emplace_back("Retry-After", std::to_string(store_pause.count()));
    co_return refusal;
}

void service::note_store(std::string_view problem) {
    log_.on_change(base::severity::error, "store",
                   problem.empty() ? std::string()
                                   : "reports are refused, agents keep them and send them later: " +
                                         std::string(problem),
                   "the store takes reports again");
}

asio::awaitable<http::response> service::route(request_ptr from) {
    enum class methods : std::uint8_t { post, any, read };
    struct endpoint {
        std::string_view path;
        methods allowed;
        answering (service::*answer)(request_ptr);
    };
    static constexpr std::array<endpoint, 12> endpoints{{
        {"/healthz", methods::read, &service::healthz},
        {report_v1, methods::post, &service::v1_output},
        {"/v1/agent/get", methods::post, &service::v1_get},
        {"/v2/ping", methods::any, &service::v2_ping},
        {"/v2/agent/get_config", methods::post, &service::v2_get_config},
        {report_v2, methods::post, &service::v2_save_output},
        {"/v2/agent/error_feedback", methods::post, &service::v2_error_feedback},
        {"/v2/agent/get_agent_file", methods::post, &service::get_agent_file},
        {"/install.sh", methods::read, &service::served_file},
        {"/agent/", methods::read, &service::served_file}, // and all below it
        {"/v2/widget/get-command", methods::post, &service::widgets},
        {"/v2/widget/install", methods::post, &service::widgets},
    }};
    auto const* const found =
        std::ranges::find_if(endpoints, [path = http::path_of(*from)](auto const& each) {
            return each.path == path || (each.path.ends_with('/') && path.starts_with(each.path));
        });
    if (found == endpoints.end()) {
        co_return refuse(*from, 404, "#path", "THIS_SERVER_HAS_NO_SUCH_PATH");
    }
    bool const posts = from->method == "POST";
    bool const reads = from->method == "GET" || from->method == "HEAD";
    if ((posts && found->allowed != methods::read) || (reads && found->allowed != methods::post)) {
        auto work = (this->*found->answer)(from);
        auto answered = co_await std::move(work);
        co_return answered;
    }
    bool const any = found->allowed == methods::any;
    auto refusal = refuse(*from, 405, "#method", "THIS_METHOD_IS_NOT_ANSWERED_HERE");
    refusal.headers.emplace_back("Allow", any                               ? "GET, HEAD, POST"
                                          : found->allowed == methods::read ? "GET, HEAD"
                                                                            : "POST");
    co_return refusal;
}

http::response service::order_answer(std::string body, store::server_row const& to) const {
    http::response answer;
    answer.body = std::move(body);
    answer.headers.emplace_back(features_header, features);
    answer.sender = to.id;
    name_least_interval(answer);
    return answer;
}

http::response service::ok(store::server_row const& sender) {
    http::response answer;
    answer.body = "OK";
    answer.sender = sender.id;
    return answer;
}

http::response service::refuse_too_early(http::request const& from, store::server_row const& server,
                                         std::string_view code, std::string_view message) {
    if (http::find_header(from, boot_header).empty()) {
        note_several(server, machines_.asked_too_early(server.id, now_()),
                     "two agents ask as " + name_of(server) +
                         ", or one asks more often than it may");
    }
    log_refusal(from, 200, message, &server);
    note_refusal(from, &server, store::refused::too_early, message);
    auto answer = error_answer(200, code, message);
    answer.sender = server.id;
    name_least_interval(answer);
    return answer;
}

void service::name_least_interval(http::response& answer) const {
    if (settings_.min_interval > std::chrono::seconds(0)) {
        answer.headers.emplace_back(min_interval_header,
                                    std::to_string(settings_.min_interval.count()));
    }
}

void service::note_machine(http::request const& from, store::server_row const& server) {
    auto const found = machines_.saw(server.id, http::find_header(from, boot_header),
                                     http::find_header(from, interval_header), now_());
    if (found) {
        note_several(server, found,
                     (found->machines == 2 ? "two" : std::to_string(found->machines)) +
                         " machines ask as " + name_of(server) + ", now from " + from.peer);
    }
}

void service::note_several(store::server_row const& server,
                           std::optional<machines::finding> const& found, std::string const& what) {
    if (found && found->say) {
        log_.warning(what + ", noticed " + base::count_of(found->times, "time") +
                     ": one is a copy of the other (a cloned disk or image); enrol the copy anew "
                     "with `trafikito-agent enroll`");
    }
    if (found && found->note) {
        start(keep_several_machines(server.id), "several machines");
    }
}

asio::awaitable<void> service::keep_several_machines(std::string id) {
    auto work = [id](store::store& kept) {
        kept.several_machines_seen(id);
        return true;
    };
    co_await store_.run(0, std::move(work));
}

void service::start(asio::awaitable<void> work, std::string topic) {
    base::spawn(serving_, std::move(work), [this, topic](std::exception_ptr const& thrown) {
        std::string problem;
        try {
            if (thrown) {
                std::rethrow_exception(thrown);
            }
        } catch (std::exception const& failure) {
            problem = failure.what();
        }
        note_unwritten(topic, problem);
    });
}

void service::note_unwritten(std::string const& topic, std::string_view problem) {
    log_.on_change(base::severity::warning, topic,
                   problem.empty() ? std::string()
                                   : "cannot be noted on the disk, and goes on all the same (" +
                                         topic + "): " + std::string(problem));
}

bool service::asks_too_early(store::server_row const& server) {
    auto const now = now_();
    auto const given = orders_.find(server.id);
    return too_early(server.last_order, now, settings_.min_interval) ||
           (given != orders_.end() && too_early(given->second, now, settings_.min_interval));
}

asio::awaitable<bool> service::note_order(server_ptr server, store::given_order given) {
    orders_[server->id] = now_();
    // Whoever may ask as often as it likes writes no more often than who reports.
    if (!noting_rate_.admit(server->id, 0, report_rate::any_bytes, now_()).admitted) {
        co_return true;
    }
    if (!settings_.shares_store) {
        start(noted_orders_.add(std::make_shared<coming_order>(server->id, std::move(given),
                                                               std::chrono::milliseconds(0))),
              orders_topic);
        co_return true;
    }
    auto claim = claim_order(server->id, std::move(given));
    bool const claimed = co_await std::move(claim);
    co_return claimed;
}

// One that does not answer soon has nothing against it.
asio::awaitable<bool> service::claim_order(std::string id, store::given_order given) {
    auto const coming = std::make_shared<coming_order>(std::move(id), std::move(given),
                                                       least_pause(settings_.min_interval));
    std::string problem;
    try {
        auto noted = noted_orders_.add(coming, claim_patience);
        co_await std::move(noted);
    } catch (store::store_error const& failure) {
        problem = failure.what();
    }
    note_unwritten(orders_topic, problem);
    co_return !problem.empty() || coming->noted;
}

void service::store_orders(store::store& kept, std::span<store::change_ptr const> all) {
    std::vector<store::noted_order> orders;
    for (auto const& each : all) {
        auto const& one = static_cast<coming_order const&>(*each);
        orders.push_back({.server_id = one.id, .given = &one.given, .pause = one.pause});
    }
    auto const noted = kept.orders_given(orders);
    for (std::size_t at = 0; at < all.size(); ++at) {
        static_cast<coming_order&>(*all[at]).noted = noted[at];
    }
}

std::string service::name_of(store::server_row const& server) {
    return base::for_line(server.id) + " (" + base::for_line(server.name) + ")";
}

asio::awaitable<service::server_ptr> service::authenticate(std::string_view id,
                                                           std::string_view key) {
    if (id.empty() || key.empty() || key.size() > max_key) {
        co_return nullptr;
    }
    auto const given = security::sha256(key);
    auto const find = [&] {
        auto server = roster_.find(id);
        bool const same = security::same_digest(given, server ? server->key : security::digest{});
        return server && same ? server : nullptr;
    };
    co_await roster_.freshen_for_known();
    auto server = find();
    if (!server) { // perhaps it is known since a moment ago
        co_await roster_.freshen();
        server = find();
        require_roster(server);
    }
    co_return server;
}

// The index is searched for the key's SHA-256: how long that takes says nothing about the key.
asio::awaitable<service::server_ptr> service::authenticate(std::string_view key) {
    if (key.empty() || key.size() > max_key) {
        co_return nullptr;
    }
    auto const given = security::sha256(key);
    co_await roster_.freshen_for_known();
    auto server = roster_.find(given);
    if (!server) {
        co_await roster_.freshen();
        server = roster_.find(given);
        require_roster(server);
    }
    co_return server;
}

// Another process may have made it meanwhile: then its key is not wrong.
void service::require_roster(server_ptr const& found) const {
    if (!found && settings_.shares_store && !roster_.is_current()) {
        throw store::store_unavailable("the database does not say which servers there are");
    }
}

bool service::is_user(std::string_view workspace_id, std::string_view user_key) const {
    bool const same_key = security::same_digest(security::sha256(user_key.substr(0, max_key + 1)),
                                                settings_.user_key);
    return same_key && workspace_id == settings_.workspace_id;
}

http::response service::error_answer(unsigned status, std::string_view code,
                                     std::string_view message) {
    http::response answer;
    answer.status = status;
    answer.content_type = "application/json";
    answer.body = net::api::format_api_error({std::string(code), std::string(message)});
    return answer;
}

http::response service::refuse(http::request const& from, unsigned status, std::string_view code,
                               std::string_view message, store::server_row const* server) {
    ++counted_.refused;
    log_refusal(from, status, message, server);
    note_refusal(from, server, code.substr(1), message);
    return error_answer(status, code, message);
}

// Of strangers only what this program says itself is counted by: paths are theirs, and without end.
void service::log_refusal(http::request const& from, unsigned status, std::string_view message,
                          store::server_row const* server) {
    strangers_.note(server == nullptr ? base::severity::warning : base::severity::info,
                    "refused a request" +
                        (server == nullptr ? std::string() : " of " + name_of(*server)) + ": " +
                        std::to_string(status) + " " + std::string(message),
                    from.address, std::chrono::steady_clock::now());
    // A client that puts its key into the path has it in the header, too.
    base::redactor const redact{
        base::secret(std::string(http::find_header(from, "Authorization")))};
    log_.debug("refused " + base::for_line(from.method, 16) + " " +
               base::for_line(redact(http::path_of(from))) + " from " + from.peer + ": " +
               std::to_string(status) + " " + std::string(message));
}

http::response service::malformed(http::request const& from, std::string_view what) {
    return refuse(from, 400, "#malformed", what);
}

http::response service::wrong_key(http::request const& from, std::string_view id) {
    constexpr std::string_view message = "SERVER_ID_OR_API_KEY_IS_WRONG";
    ++counted_.refused;
    log_refusal(from, 401, message, nullptr);
    note_wrong_key(from, id);
    return error_answer(401, "#wrong_key", message);
}

} // namespace trafikito::server::api
