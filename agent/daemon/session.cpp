#include "agent/daemon/session.hpp"

#include "agent/persistence/machine.hpp"
#include "agent/persistence/strict_modes.hpp"
#include "base/log_output.hpp"
#include "base/random.hpp"
#include "base/units.hpp"
#include "base/version.hpp"
#include "config/layout.hpp"
#include "config/load.hpp"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <random>
#include <utility>

namespace trafikito::agent::daemon {

namespace {

net::api::client_settings api_settings_of(config::settings const& from) {
    auto const facts = config::load_os_facts();
    return {.version = from.version == config::api_version::v1 ? 1 : 2,
            .server_id = from.who.server_id,
            .api_key = from.who.api_key,
            .url_get_config = from.url_get_config,
            .url_output = from.url_output,
            .api_urls = from.api_url,
            .os = {.os = facts.os,
                   .codename = facts.os_codename,
                   .release = facts.os_release,
                   .centos_flavor = facts.centos_flavor},
            .edge = {},
            .machine = {}};
}

/// Only what may stand in trafikito.app, on top of what is in force.
config::settings with_tunables(config::settings now, config::tunables const& read) {
    static_cast<config::tunables&>(now) = read;
    return now;
}

} // namespace

known_api known_from(persistence::state const& value) {
    return {.edge = value.edge,
            .identity = value.identity,
            .wants_machine = value.machine_wanted,
            .least_interval = value.least_interval};
}

net::http::client_settings http_settings_of(config::settings const& from) {
    net::http::client_settings to;
    to.version = base::version;
    to.ca_file = from.ca_file;
    to.client_cert = from.client_cert;
    to.client_key = from.client_key;
    to.pin = from.pin;
    to.proxy = from.proxy;
    to.no_proxy = from.no_proxy;
    to.request_timeout = from.request_timeout;
    return to;
}

session::session(boost::asio::any_io_executor executor, config::settings settings,
                 std::vector<std::string> environment, base::clock& time, base::log& log,
                 known_api known, net::retry::order_watch* watch)
    : executor_(std::move(executor)), settings_(std::move(settings)),
      environment_(std::move(environment)), time_(time), log_(log), known_(std::move(known)),
      identity_(persistence::identity_fingerprint(settings_)), boot_id_(persistence::boot_id()),
      own_interval_(settings_.interval), watch_(watch), stamp_(dynamic_stamp()),
      around_(environment_of(settings_)), names_(net::link::make_system_resolver(executor_)) {
    if (known_.identity == identity_) {
        raise_interval(settings_);
    }
}

std::string session::open() {
    return connect(settings_);
}

std::string session::connect(config::settings const& with) {
    auto const trace = [this](std::string_view line) { log_.debug(line); };
    auto client = net::http::make_client(executor_, http_settings_of(with), *names_, trace);
    if (!client) {
        return client.error().message();
    }
    net::link::timing const time{
        [this] { return time_.steady_now(); },
        [this](base::clock::steady_time when) { return time_.sleep_until(when); }};
    base::random_source entropy;
    auto addresses = api_settings_of(with);
    addresses.edge = api_ ? api_->edge() : known_.edge;
    addresses.machine = machine_facts_for(with);
    auto api = net::api::make_client(std::move(addresses), **client, std::mt19937(entropy()), trace,
                                     time.now);
    if (!api) {
        return api.error().message();
    }
    patient_ = std::make_unique<net::retry::retrying>(
        **api, net::retry::policy_for(with.interval, with.retries), memory_,
        std::mt19937(entropy()), time, trace, watch_);
    api_ = std::move(*api);
    client_ = std::move(*client);
    return {};
}

/// What is known of this API, were it to be asked next.
net::api::machine_facts session::machine_facts_for(config::settings const& with) const {
    net::api::machine_facts facts;
    facts.boot_id = boot_id_;
    facts.interval = with.interval;
    if (known_.identity == persistence::identity_fingerprint(with)) {
        facts.wanted = known_.wants_machine;
        facts.least_interval = known_.least_interval;
    }
    return facts;
}

void session::raise_interval(config::settings& of) const {
    of.interval = std::max<std::chrono::milliseconds>(of.interval, known_.least_interval);
}

std::chrono::milliseconds session::follow_api() {
    known_ = {.edge = api_->edge(),
              .identity = identity_,
              .wants_machine = api_->wants_machine(),
              .least_interval = api_->least_interval()};
    auto const before = std::exchange(settings_.interval, own_interval_);
    raise_interval(settings_);
    log_.on_change(
        base::severity::info, "interval",
        settings_.interval == own_interval_
            ? ""
            : "the API takes at most one order in " + base::in_seconds(settings_.interval) +
                  ": that is followed in place of interval = " + base::in_seconds(own_interval_),
        "the API takes the interval as it is configured, " + base::in_seconds(own_interval_));
    return std::max(settings_.interval - before, std::chrono::milliseconds(0));
}

void session::refresh(bool always) {
    if (always) {
        ::tzset(); // the log's times follow /etc/localtime from here on
    }
    // What others could have written is worth nothing, and stays so until it is read again.
    bool const worthless = persistence::must_be_read_again(settings_, ::geteuid());
    auto const owed = std::exchange(owed_, std::nullopt);
    always = always || worthless || owed == reading::all;
    auto const stamp = dynamic_stamp();
    if (!always && !owed && stamp == stamp_) {
        return;
    }
    stamp_ = stamp;
    auto loaded = load();
    log_.hide(loaded.secrets); // before anything of it is said
    log_all(loaded.diagnostics, log_);
    if (!loaded.settings) {
        log_.error("the configuration is not taken over; what was in force stays");
        return;
    }
    if (persistence::must_be_read_again(*loaded.settings, ::geteuid())) {
        owed_ = always ? reading::all : reading::tunables;
        log_.on_change(base::severity::error, "configuration",
                       worthless ? ""
                                 : "the configuration is not taken over, since others could have "
                                   "written it; what was in force stays");
        return;
    }
    log_.on_change(base::severity::error, "configuration", "");
    auto next = always ? std::move(*loaded.settings) : with_tunables(settings_, *loaded.settings);
    auto const own_interval = next.interval;
    if (known_.identity == persistence::identity_fingerprint(next)) {
        raise_interval(next);
    }
    if (next.var_dir != settings_.var_dir) {
        log_.warning("var_dir stays " + settings_.var_dir.string() +
                     " until the agent is started anew: what it keeps lies there");
        next.var_dir = settings_.var_dir;
    }
    if (next == settings_) {
        own_interval_ = own_interval;
        return;
    }
    if (auto const problem = connect(next); !problem.empty()) {
        log_.error("the configuration is not taken over: " + problem);
        return;
    }
    settings_ = std::move(next);
    identity_ = persistence::identity_fingerprint(settings_);
    own_interval_ = own_interval;
    around_ = environment_of(settings_);
    apply_log_settings(settings_, log_);
    log_.info("configuration read again");
}

/// Who was root, and has become another user, may not be able to read the file with the key again:
/// then the key stays.
config::loaded_settings session::load() const {
    using config::key_reading;
    auto const& file = settings_.config_file;
    auto loaded = config::load_settings(file, environment_, key_reading::if_readable);
    if (!loaded.settings || !loaded.settings->who.api_key.empty()) {
        return loaded;
    }
    auto const& key_file = loaded.settings->api_key_file;
    if (key_file == settings_.api_key_file && ::access(key_file.c_str(), R_OK) != 0 &&
        errno == EACCES) {
        loaded.settings->who.api_key = settings_.who.api_key;
        return loaded;
    }
    return config::load_settings(file, environment_, key_reading::needed);
}

std::string session::dynamic_stamp() const {
    struct stat status{};
    if (::stat(settings_.dynamic_file.c_str(), &status) != 0) {
        return {};
    }
    return std::to_string(status.st_ino) + " " + std::to_string(status.st_size) + " " +
           std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec);
}

void log_all(std::vector<config::diagnostic> const& diagnostics, base::log& log) {
    for (auto const& one : diagnostics) {
        one.level == config::diagnostic::severity::error ? log.error(one.in_one_line())
                                                         : log.warning(one.in_one_line());
    }
}

bool take_back_files(config::settings& of) {
    auto const agent = ::geteuid();
    if (!persistence::must_be_read_again(of, agent)) {
        return false;
    }
    bool const measured = !std::exchange(of.metrics_file, {}).empty(); // of either file
    if (persistence::judge(of.config_way, agent).empty()) {
        return measured;
    }
    auto const log_file = of.log_file;
    if (log_file != base::log_to_stdout) {
        of.log_file.clear();
    }
    auto const tmp_file = std::exchange(of.tmp_file, config::usual_tmp_file(of.var_dir));
    bool const names_key = !of.api_key_file.empty() && !of.api_key_file_of_environment;
    if (names_key) {
        of.who.api_key = {};
    }
    return measured || names_key || log_file != of.log_file || tmp_file != of.tmp_file;
}

void apply_log_settings(config::settings const& settings, base::log& log) {
    auto format = base::log::format::text;
    if (settings.format == config::log_format::json) {
        format = base::log::format::json;
    } else if (settings.log_file.empty() && base::stderr_is_journal()) {
        format = base::log::format::journal;
    }
    log.set(static_cast<base::severity>(settings.level), format);
}

exec::execution_environment environment_of(config::settings const& settings) {
    passwd const* const user = ::getpwuid(::geteuid());
    auto around =
        exec::clean_environment(settings.base_dir, user != nullptr ? user->pw_dir : "/",
                                user != nullptr ? user->pw_name : std::to_string(::geteuid()));
    for (auto const& variable : settings.command_env) {
        exec::add_variable(around, variable);
    }
    return around;
}

} // namespace trafikito::agent::daemon
