#include "test/bench/load_target.hpp"

#include "server/database/postgres.hpp"
#include "server/database/sqlite.hpp"
#include "server/security/secrets.hpp"
#include "test/bench/load_reports.hpp"
#include "test/bench/waiting.hpp"

#include <csignal>
#include <stdexcept>

namespace trafikito::test::bench {

namespace fs = std::filesystem;
using boost::asio::ip::tcp;

namespace {

std::uintmax_t bytes_below(fs::path const& folder, std::string const& beginning = {}) {
    std::uintmax_t sum = 0;
    std::error_code failed;
    for (fs::recursive_directory_iterator at(folder, failed);
         !failed && at != fs::recursive_directory_iterator(); at.increment(failed)) {
        std::error_code gone;
        if (at->is_regular_file(gone) && at->path().filename().string().starts_with(beginning)) {
            auto const size = at->file_size(gone);
            sum += gone ? 0 : size;
        }
    }
    return sum;
}

} // namespace

load_target::load_target(target_options options) : options_(std::move(options)) {
    if (options_.processes > 1 && !options_.postgres) {
        throw std::runtime_error("several processes need --engine=postgres");
    }
    if (options_.postgres) {
        database_ = std::make_unique<postgres_server>(options_.directory / "postgres");
    }
    serving_.resize(options_.processes);
    ports_.resize(options_.processes);
    // The first makes the tables.
    start(0);
    stop();
    enrol();
    for (std::size_t i = 0; i < serving_.size(); ++i) {
        start(i);
    }
}

load_target::~load_target() = default;

fs::path load_target::data(std::size_t index) const {
    return options_.directory / ("data" + std::to_string(index));
}

fs::path load_target::authority() const {
    return data(0) / "ca.pem";
}

std::string load_target::database_address() const {
    return database_ ? database_->url() : (data(0) / "trafikito.db").string();
}

void load_target::start(std::size_t index) {
    auto const here = data(index);
    fs::create_directories(options_.directory);
    auto const port_file = options_.directory / ("port" + std::to_string(index));
    fs::remove(port_file);
    start_options how;
    how.words = {options_.program, "serve",
                 "--data",         here,
                 "--listen",       "127.0.0.1:" + std::to_string(ports_[index]),
                 "--port-file",    port_file};
    how.words.insert(how.words.end(), options_.more.begin(), options_.more.end());
    how.output = options_.directory / ("log" + std::to_string(index));
    if (database_) {
        how.environment.push_back("TRAFIKITO_DATABASE=" + database_->url());
    }
    serving_[index] = std::make_unique<process>(how);
    wait_for("the server to listen", [&] {
        if (serving_[index]->ended()) {
            throw std::runtime_error("the server ended: " + content_of(how.output));
        }
        return count_in(port_file, "\n") == 1;
    });
    ports_[index] = static_cast<unsigned short>(std::stoi(content_of(port_file)));
}

void load_target::kill(std::size_t index) {
    serving_[index]->end(SIGKILL);
}

void load_target::stop() {
    for (auto& one : serving_) {
        if (one) {
            one->end(SIGTERM);
        }
    }
}

std::vector<tcp::endpoint> load_target::endpoints() const {
    std::vector<tcp::endpoint> all;
    for (auto const port : ports_) {
        all.emplace_back(boost::asio::ip::address_v4::loopback(), port);
    }
    return all;
}

// As rows: to have them enrolled one by one would take longer than what is measured.
void load_target::enrol() {
    using namespace server::database;
    std::unique_ptr<connection> into;
    if (database_) {
        into = std::make_unique<postgres>(database_->url());
    } else {
        into = std::make_unique<sqlite>(database_address(), access::read_write);
    }
    auto const now = std::chrono::duration_cast<std::chrono::milliseconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count();
    transaction change(*into);
    for (std::size_t i = 0; i < options_.machines; ++i) {
        auto const digest = server::security::sha256(load_key(i));
        into->prepare("INSERT INTO servers (id, name, key_digest, created_at, available) "
                      "VALUES (?, ?, ?, ?, ?)")
            .text(load_id(i))
            .text(load_id(i))
            .blob({reinterpret_cast<char const*>(digest.data()), digest.size()})
            .number(now)
            .blob(options_.available)
            .send();
    }
    change.commit();
}

std::chrono::nanoseconds load_target::server_time() const {
    std::chrono::nanoseconds sum{0};
    for (auto const& one : serving_) {
        sum += one->own_time();
    }
    return sum;
}

std::chrono::nanoseconds load_target::database_time() const {
    return database_ ? database_->processor_time() : std::chrono::nanoseconds(0);
}

std::uintmax_t load_target::disk_bytes() const {
    return database_ ? database_->disk_bytes() : bytes_below(data(0), "trafikito.db");
}

// --- PostgreSQL
// -----------------------------------------------------------------------------------

postgres_server::postgres_server(fs::path directory) : directory_(std::move(directory)) {
    for (auto const* const version : {"17", "16", "15", "14"}) {
        auto const folder = fs::path("/usr/lib/postgresql") / version / "bin";
        if (fs::exists(folder / "postgres")) {
            programs_ = folder;
            break;
        }
    }
    if (programs_.empty()) {
        throw std::runtime_error("there is no PostgreSQL here: apt-get install postgresql");
    }
    user_ = ::getuid() == 0 ? "postgres" : "";
    fs::create_directories(directory_);
    if (!user_.empty()) {
        run_well(start_options({"/bin/chown", user_, directory_}));
    }
    start_options make({programs_ / "initdb", "-D", directory_ / "data", "-A", "trust", "-U",
                        "trafikito", "-E", "UTF8", "--locale=C", "--no-sync"});
    make.user = user_;
    run_well(make);
    start();
    start_options database(
        {programs_ / "createdb", "-h", directory_, "-U", "trafikito", "trafikito"});
    database.user = user_;
    run_well(database);
}

postgres_server::~postgres_server() {
    if (serving_) {
        serving_->end(SIGINT); // "fast": it ends its sessions
    }
}

std::string postgres_server::url() const {
    return "postgresql:///trafikito?user=trafikito&host=" + directory_.string();
}

void postgres_server::start() {
    start_options how({programs_ / "postgres", "-D", directory_ / "data", "-k", directory_, "-c",
                       "listen_addresses=", "-c", "max_connections=64"});
    how.user = user_;
    how.output = directory_ / "log";
    serving_ = std::make_unique<process>(how);
    wait_until_it_answers();
}

void postgres_server::wait_until_it_answers() const {
    wait_for("PostgreSQL", [&] {
        start_options ask({programs_ / "pg_isready", "-q", "-h", directory_});
        ask.user = user_;
        return run(ask).code == 0;
    });
}

void postgres_server::crash() {
    serving_->end(SIGQUIT);
}

// Its processes are children of the first one: what has ended is in that one's account.
std::chrono::nanoseconds postgres_server::processor_time() const {
    std::chrono::nanoseconds sum = serving_->own_time();
    std::error_code failed;
    for (fs::directory_iterator at("/proc", failed); !failed && at != fs::directory_iterator();
         at.increment(failed)) {
        auto const stat = content_of(at->path() / "stat");
        auto const behind = stat.rfind(") ");
        if (behind == std::string::npos) {
            continue;
        }
        auto const parent = std::atol(stat.c_str() + behind + 4);
        if (parent == serving_->pid()) {
            sum +=
                std::chrono::nanoseconds(std::atol(content_of(at->path() / "schedstat").c_str()));
        }
    }
    return sum;
}

std::uintmax_t postgres_server::disk_bytes() const {
    return bytes_below(directory_ / "data" / "base");
}

} // namespace trafikito::test::bench
