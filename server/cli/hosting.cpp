#include "server/cli/hosting.hpp"

#include "base/ignored_signals.hpp"
#include "base/spawn.hpp"
#include "base/units.hpp"
#include "server/cli/data_directory.hpp"
#include "server/cli/feared_loss.hpp"
#include "server/http/tls_settings.hpp"
#include "server/security/credentials.hpp"
#include "server/security/private_files.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/resource.h>

#include <csignal>
#include <exception>
#include <limits>
#include <stdexcept>
#include <utility>

namespace trafikito::server::cli {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds tick_pause{5};
// Of the five seconds that a stop may take, the listener has three for answers under way.
constexpr std::chrono::milliseconds store_stop{1000};
constexpr std::chrono::milliseconds listener_stop{3200};

std::size_t descriptor_limit() {
    rlimit limit{};
    bool const known = ::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
    return known ? static_cast<std::size_t>(limit.rlim_cur)
                 : std::numeric_limits<std::size_t>::max();
}

http::listener_settings settings_of(serve_options const& options, effective_limits const& limits) {
    http::listener_settings settings;
    settings.address = options.address;
    settings.port = options.port;
    settings.proxies = http::trusted_proxies(options.trusted_proxies);
    settings.max_connections = limits.max_connections;
    // Who wants more of them than usual wants them also while they say nothing.
    if (limits.max_connections > defaults::max_connections) {
        settings.max_waiting = limits.max_connections;
    }
    settings.max_descriptors = descriptor_limit();
    return settings;
}

http::listener::tls_context tls_of(security::pem_pair const& pair) {
    return std::make_shared<asio::ssl::context>(
        http::server_tls(http::pem_texts{pair.certificate, pair.key}));
}

void refuse_to_forget_most(store::store& kept, effective_limits const& before,
                           effective_limits const& after) {
    bool const shorter = after.keep < before.keep || after.keep_values < before.keep_values;
    bool const other_quota = after.machine_quota != before.machine_quota;
    bool const smaller = is_smaller(after.keep_size, before.keep_size);
    if (!shorter && !other_quota && !smaller) {
        return; // what is left of an earlier change goes on going
    }
    if (auto const loss = feared_loss(kept, after, before.machine_quota, before.keep_size)) {
        throw std::runtime_error(*loss + "; start anew with --yes if that is meant");
    }
}

} // namespace

store::store_settings settings_of(effective_limits const& limits) {
    return {.keep = limits.keep,
            .keep_values = limits.keep_values,
            .machine_quota = limits.machine_quota,
            .keep_size = limits.keep_size};
}

hosting::hosting(hosted what, base::log& log, base::log& background)
    : what_(std::move(what)), log_(log), background_(background),
      store_(context_.get_executor(), what_.kept),
      api_(context_.get_executor(), store_, system_now, service_settings_of(), log),
      readers_(what_.options.page ? std::make_unique<readers>(*this, what_.open_again()) : nullptr),
      rules_(what_.options.data), offers_(what_.options, background_),
      listener_(std::make_unique<http::listener>(context_.get_executor(),
                                                 settings_of(what_.options, what_.limits),
                                                 tls_of(what_.certificate), served(), log)),
      signals_(context_, SIGINT, SIGTERM, SIGQUIT), next_tick_(context_), next_look_(context_),
      next_step_(context_) {
    signals_.add(SIGHUP);
    begin_with_rules();
    base::ignore_meaningless_signals();
}

hosting::~hosting() = default;

unsigned short hosting::port() const {
    return listener_->port();
}

// What is offered is the store thread's to put together, as the certificate is to read.
shown hosting::shown_now() const {
    return {listener_->port(), what_.certificate.certificate, what_.certificates.files().authority};
}

way_here hosting::open_to_new_machines() {
    auto made = offers_.make(shown_now());
    take(made);
    return std::move(made.way);
}

bool hosting::run() {
    listen_to_signals();
    packer_ = std::make_unique<store::packer>(store_, what_.open_again);
    start(tick(), "tick");
    start(keep_house(), "housekeeping");
    if (readers_) {
        readers_->shows.use(state_of_server());
        start(readers_->shows.run(), "what people see");
    }
    while (!stopping_ && context_.run_one() != 0) {
    }
    // Whatever still waits for a locked database then is left: it keeps nobody from the end.
    context_.run_for(listener_stop);
    bool const packed = packer_->stop(store_stop / 2);
    bool const read = !readers_ || readers_->thread.stop(store_stop / 2);
    bool const ended = store_.stop(store_stop / 2) && packed && read;
    if (ended) {
        say_what_went(what_.kept.take_deletions());
    } else {
        log_.warning("the disk does not answer: left without waiting for it; what was answered OK "
                     "is stored");
    }
    return ended;
}

void hosting::listen_to_signals() {
    signals_.async_wait([this](error_code const& failed, int number) {
        if (failed) {
            return;
        }
        if (number == SIGHUP) {
            start(reload(), "reload");
            listen_to_signals();
        } else {
            stop(number);
        }
    });
}

void hosting::stop(int signal) {
    log_.info(std::string("stopping on ") + (signal == SIGTERM  ? "SIGTERM"
                                             : signal == SIGINT ? "SIGINT"
                                                                : "SIGQUIT"));
    stopping_ = true;
    listener_->stop();
    api_.stop();
    if (readers_) {
        readers_->shows.stop();
    }
    next_tick_.cancel();
    next_look_.cancel();
    next_step_.cancel();
    // A second one is for whoever does not want to wait.
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
}

void hosting::start(asio::awaitable<void> work, std::string topic) {
    base::spawn(context_.get_executor(), std::move(work),
                [this, topic = std::move(topic)](std::exception_ptr const& thrown) {
                    std::string problem;
                    try {
                        if (thrown) {
                            std::rethrow_exception(thrown);
                        }
                    } catch (std::exception const& failure) {
                        problem = topic + " failed: " + failure.what();
                    }
                    log_.on_change(base::severity::error, topic, problem);
                });
}

asio::awaitable<void> hosting::tick() {
    while (!stopping_) {
        next_tick_.expires_after(tick_pause);
        co_await next_tick_.async_wait(as_result);
        api_.tick(std::chrono::steady_clock::now());
        if (readers_) {
            readers_->shows.tick(std::chrono::steady_clock::now());
        }
        start(look_after_rules(), "looking at values.conf");
    }
}

asio::awaitable<void> hosting::reload() {
    log_.info("reading certificates, user_api_key, limits and agent files again (SIGHUP)");
    auto read = [this](store::store& kept) { return read_everything(kept); };
    auto work = store_.run(0, std::move(read));
    auto const found = co_await std::move(work);
    take(found);
    log_.info("all is read again, but for what is said above");
}

// Each by itself: what is broken stays as it was, and is said.
hosting::news hosting::read_everything(store::store& kept) {
    news found;
    try {
        look_for_certificate(found);
    } catch (std::exception const& failure) {
        background_.error(std::string("the certificate stays as it was: ") + failure.what());
    }
    try {
        security::secure_data_file(what_.options.data / "user_api_key", background_);
        if (what_.shared != nullptr) {
            what_.shared->look(true, system_now(), background_);
        }
        found.user_key = security::read_user_key(what_.options.data);
    } catch (std::exception const& failure) {
        background_.error(std::string("the user_api_key stays as it was: ") + failure.what());
    }
    found.offered = offers_.make(shown_now()); // also of files that are new
    try {
        if (what_.options.limits) {
            auto const all = limits_of(what_.options, read_limits(*what_.options.limits));
            refuse_to_forget_most(kept, what_.limits, all);
            kept.set(settings_of(all));
            kept.set_machine_quota(all.machine_quota);
            kept.set_size_limit(all.keep_size);
            background_.set(all.log_level, background_.as());
            found.limits = all;
        }
    } catch (wrong_configuration const& wrong) {
        background_.error("the limits stay as they were: " + wrong.in_one_line());
    } catch (std::exception const& failure) {
        background_.error(std::string("the limits stay as they were: ") + failure.what());
    }
    return found;
}

void hosting::take(news const& found) {
    if (found.certificate) {
        listener_->use(tls_of(*found.certificate));
        log_.info("connections get the new certificate from now on");
    }
    if (found.offered) {
        take(*found.offered);
    }
    if (found.user_key) {
        what_.user_key = *found.user_key;
    }
    if (found.limits) {
        what_.limits = *found.limits;
        listener_->set_max_connections(what_.limits.max_connections);
        log_.set(what_.limits.log_level, log_.as());
    }
    api_.set(service_settings_of());
}

api::service_settings hosting::service_settings_of() const {
    api::service_settings settings;
    settings.min_interval = what_.limits.min_interval;
    auto const rate = what_.limits.machine_rate;
    settings.machine_rate =
        rate == 0 ? std::numeric_limits<std::size_t>::max() : static_cast<std::size_t>(rate);
    settings.user_key = what_.user_key;
    settings.shares_store = what_.kept.is_shared();
    return settings;
}

} // namespace trafikito::server::cli
