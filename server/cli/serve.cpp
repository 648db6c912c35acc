// trafikito-server serve: everything is read, looked at and put together; then hosting serves until
// a signal.
#include "base/log_output.hpp"
#include "base/log_queue.hpp"
#include "base/service_manager.hpp"
#include "base/shell_quoting.hpp"
#include "server/api/server_url.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/data_directory.hpp"
#include "server/cli/feared_loss.hpp"
#include "server/cli/hosting.hpp"
#include "server/cli/page_link.hpp"
#include "server/cli/shared_identity.hpp"
#include "server/database/postgres_address.hpp"
#include "server/security/credentials.hpp"
#include "server/security/data_file.hpp"
#include "server/security/directory_lock.hpp"
#include "server/security/private_files.hpp"
#include "server/store/open_store.hpp"
#include "server/store/postgres_engine.hpp"
#include "server/store/sqlite_upgrade.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <malloc.h>
#include <stdexcept>
#include <sys/resource.h>
#include <unistd.h>

namespace trafikito::server::cli {

namespace {

// A large database is looked at as far as one gets in this time.
constexpr std::chrono::seconds check_time{5};
constexpr std::chrono::milliseconds last_words{500};
constexpr char const* program = "trafikito-server";

std::string url_of(serve_options const& options, unsigned short port) {
    bool const v6 = options.address.find(':') != std::string::npos;
    return "https://" + (v6 ? "[" + options.address + "]" : options.address) + ":" +
           std::to_string(port);
}

/// The program as a shell finds it from wherever it is asked.
std::string this_program() {
    std::error_code failed;
    auto const here = std::filesystem::read_symlink("/proc/self/exe", failed);
    constexpr std::array usual{"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"};
    bool const found = failed || std::ranges::find(usual, here.parent_path()) != usual.end();
    return found ? program : base::shell_quoted(here.string());
}

// What is printed is what the next step needs: the address, the line for a machine.
void announce(serve_options const& options, way_here const& way,
              std::filesystem::path const& authority, unsigned short port,
              std::optional<page_news> const& page, base::log& log) {
    log.info("listening on " + url_of(options, port));
    log.info("address for agents: " + way.url);
    if (!way.fault.empty()) {
        log.warning(way.fault);
    }
    auto const data = std::filesystem::absolute(options.data).lexically_normal().string();
    if (way.agent_files) {
        log.info("for a new machine: " + this_program() + " enroll-command --data " +
                 base::shell_quoted(data));
    } else if (agent_files_folder(options).empty()) {
        log.info("for a new machine: --agent-files DIR names a folder with install.sh, which "
                 "new machines can download then");
    }
    if (page) {
        log.info("page for people: " + way.url);
        if (auto const words = page->to_do(this_program(), base::shell_quoted(data));
            !words.empty()) {
            log.warning(words);
        }
    }
    if (!authority.empty()) {
        log.info("agents need this certificate authority: " + authority.string());
    }
    if (options.port_file) {
        security::write_file(*options.port_file, std::to_string(port) + "\n", 0644,
                             security::when_there::replace);
    }
}

base::log::format format_of(serve_options const& options) {
    if (options.log_format) {
        return *options.log_format;
    }
    return base::stderr_is_journal() ? base::log::format::journal : base::log::format::text;
}

base::log make_log(base::log_queue& queue, effective_limits const& limits,
                   serve_options const& options) {
    base::log log(queue.sink(), limits.log_level, format_of(options));
    log.limit_repeats([] { return std::chrono::steady_clock::now(); });
    return log;
}

security::certificate_keeper keeper_of(serve_options const& options) {
    if (options.certificate) {
        return security::certificate_keeper(
            security::given_certificate{*options.certificate, *options.key});
    }
    auto more = options.host_names;
    more.push_back(options.address);
    if (options.public_url) {
        more.push_back(api::host_of(*options.public_url));
    }
    return security::certificate_keeper(
        security::own_certificate{options.data, security::certificate_names(more)});
}

// Connections are descriptors; the limit of most systems is for programs of long ago.
void raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

// Left to itself, glibc keeps large blocks once one was freed, and cuts small ones out of them:
// then a moment of large reports is held for ever.
void give_large_blocks_back() {
#ifdef M_MMAP_THRESHOLD
    ::mallopt(M_MMAP_THRESHOLD, 128 * 1024);
#endif
}

void refuse_to_forget_most(store::store& kept, effective_limits const& limits,
                           serve_options const& options) {
    // The last quota that was held is asked for no more, though it may not have taken all yet.
    if (auto const loss =
            options.yes ? std::nullopt
                        : feared_loss(kept, limits, kept.machine_quota(), kept.size_limit())) {
        throw std::runtime_error(
            *loss + "; give --keep, --keep-values, --keep-size or --machine-quota, or the key "
                    "in the file of limits, a larger value, or --yes if that is meant");
    }
}

// It may take minutes, of which systemd is told.
void upgrade(std::filesystem::path const& database, base::service_manager const& manager,
             base::log& log) {
    using clock = std::chrono::steady_clock;
    constexpr std::chrono::seconds between{5};
    constexpr std::chrono::seconds more{60};
    clock::time_point told;
    auto const alive = [&] {
        if (clock::now() - told >= between) {
            manager.needs_time(more);
            told = clock::now();
        }
    };
    if (auto const done = store::upgrade_database(database, alive)) {
        log.warning(done->in_words());
    }
}

} // namespace

int run(serve_options const& options, base::console& to) {
    give_large_blocks_back();
    auto const manager = base::service_manager::from_environment(); // while there is one thread
    ::setenv("PGAPPNAME", store::serving_session, 0);               // the same
    std::signal(SIGHUP, SIG_IGN); // until hosting hears it: what it would reload is being read
    auto const limits =
        limits_of(options, options.limits ? read_limits(*options.limits) : cli::limits());
    base::log_queue queue(base::log_to_descriptor(STDERR_FILENO, program), program);
    auto log = make_log(queue, limits, options);
    auto background = make_log(queue, limits, options);
    raise_descriptor_limit();

    security::secure_data_directory(options.data, log);
    security::directory_lock const lock(options.data);
    auto const database = database_given(options.database);
    if (!database) {
        upgrade(database_file(options.data), manager, log);
    }
    auto opened = store::open_engine(database.value_or(database_file(options.data)),
                                     store::access::read_write);
    std::optional<identity_keeper> shared;
    if (database) {
        log.info("the database is a PostgreSQL, " + database::shown_address(*database));
        share_identity(opened->connection(), options, log);
        shared.emplace(opened->connection(), options); // which `kept` has from here on
    }
    store::store kept(std::move(opened), store::access::read_write, system_now,
                      settings_of(limits));
    auto certificates = keeper_of(options);
    auto certificate = certificates.look(system_now(), log);
    if (!kept.check(check_time)) {
        log.info("the database is too large to be looked at as a whole at the start");
    }
    refuse_to_forget_most(kept, limits, options);
    kept.set_machine_quota(limits.machine_quota); // for `servers` to show
    kept.set_size_limit(limits.keep_size);
    kept.hold_reserve();
    auto const user_key = security::ensure_user_key(options.data);

    std::optional<page_news> page;
    if (options.page) {
        page.emplace(kept, ::isatty(STDERR_FILENO) == 1);
    }
    hosting host({.options = options,
                  .limits = limits,
                  .kept = kept,
                  .certificates = certificates,
                  .certificate = std::move(*certificate),
                  .user_key = user_key,
                  .shared = shared ? &*shared : nullptr,
                  .open_again =
                      [where = database.value_or(database_file(options.data))] {
                          return std::make_unique<store::store>(
                              store::open_engine(where, store::access::read_only),
                              store::access::read_only, system_now);
                      }},
                 log, background);
    auto const way = host.open_to_new_machines();
    announce(options, way, certificates.files().authority, host.port(), page, log);
    if (page && page->has_link()) {
        queue.finish(last_words); // before the link, which is no line of the log
        page->print(way, to.err);
        to.err.finish();
    }
    manager.ready("listening on " + url_of(options, host.port()));
    bool const ended = host.run();
    if (ended) {
        std::error_code ignored;
        std::filesystem::remove(serving_file(options.data), ignored);
    }
    queue.finish(last_words);
    if (!ended) {
        std::_Exit(0);
    }
    return 0;
}

} // namespace trafikito::server::cli
