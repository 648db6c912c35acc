#pragma once
// trafikito-server serve while it serves: the serving thread with its listener and API, the store
// thread, signals, what is done once in a while, and the end. serve prepares what can go wrong
// before anybody is served, and hands it over.

#include "base/log.hpp"
#include "server/api/service.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/limits_file.hpp"
#include "server/cli/offer.hpp"
#include "server/cli/shared_identity.hpp"
#include "server/cli/values_file.hpp"
#include "server/http/listener.hpp"
#include "server/people/service.hpp"
#include "server/security/certificate_keeper.hpp"
#include "server/store/packer.hpp"
#include "server/store/store_thread.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace trafikito::server::cli {

store::store_settings settings_of(effective_limits const& limits);

/// What was made before.
struct hosted {
    serve_options const& options;
    effective_limits limits;
    store::store& kept;
    security::certificate_keeper& certificates;
    /// To begin with; while it serves, the store thread's alone.
    security::pem_pair certificate;
    security::digest user_key;
    /// Of several that are one for machines; the store thread's, too. May be null.
    identity_keeper* shared;
    /// Another store of the same, for reading.
    store::packer::open_store open_again;
};

class hosting {
public:
    /// `log` is the serving thread's, `background` the store thread's; both outlive this, and so
    /// does all of `what`. Throws std::runtime_error when nobody can be served.
    hosting(hosted what, base::log& log, base::log& background);
    ~hosting();
    hosting(hosting const&) = delete;
    hosting& operator=(hosting const&) = delete;

    [[nodiscard]] unsigned short port() const;

    /// Reads what new machines download, before anybody is served.
    way_here open_to_new_machines();

    /// Serves until SIGTERM, SIGINT or SIGQUIT. False when something hangs in the disk: then this
    /// must not be destroyed, only the process can end.
    bool run();

private:
    /// What people and programs are shown, out of a store of its own.
    struct readers {
        readers(hosting& of, std::unique_ptr<store::store> opened);

        std::unique_ptr<store::store> kept;
        store::store_thread thread;
        people::service shows;
    };
    struct news {
        std::optional<security::pem_pair> certificate;
        std::optional<security::digest> user_key;
        std::optional<effective_limits> limits;
        std::optional<offer> offered;
    };

    void listen_to_signals();
    void stop(int signal);
    /// In the background; a failure is said under its topic.
    void start(boost::asio::awaitable<void> work, std::string topic);
    boost::asio::awaitable<void> reload();
    boost::asio::awaitable<void> look_after_files();
    boost::asio::awaitable<void> look_after_certificates();
    boost::asio::awaitable<void> look_after_identity();
    boost::asio::awaitable<void> look_after_old_reports();
    boost::asio::awaitable<void> tidy();
    boost::asio::awaitable<void> tick();
    void begin_with_rules();
    boost::asio::awaitable<void> look_after_rules();
    boost::asio::awaitable<void> keep_house();
    void take(news const& found);
    void take(offer const& made);
    void look_for_certificate(news& found);
    http::application& served();
    people::server_state state_of_server();
    [[nodiscard]] shown shown_now() const;
    [[nodiscard]] news read_everything(store::store& kept);
    [[nodiscard]] api::service_settings service_settings_of() const;
    void say_what_went(store::deletions const& gone);

    hosted what_;
    base::log& log_;
    base::log& background_;
    boost::asio::io_context context_{1};
    store::store_thread store_;
    api::service api_;
    std::unique_ptr<readers> readers_; ///< null: there is no page, nor what programs ask
    values_watch rules_;               ///< the store thread's, while it serves
    bool looking_at_rules_ = false;
    offer_maker offers_; ///< as the certificate
    std::unique_ptr<http::listener> listener_;
    boost::asio::signal_set signals_;
    boost::asio::steady_timer next_tick_;
    boost::asio::steady_timer next_look_;
    boost::asio::steady_timer next_step_; ///< of tidy()
    bool tidying_ = false;
    std::unique_ptr<store::packer> packer_; ///< while it serves
    bool stopping_ = false;
};

} // namespace trafikito::server::cli
