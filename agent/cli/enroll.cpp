#include "agent/cli/enroll.hpp"

#include "agent/cycle/sections.hpp"
#include "agent/cycle/shortfall.hpp"
#include "agent/daemon/session.hpp"
#include "base/file.hpp"
#include "base/printable.hpp"
#include "base/spawn.hpp"
#include "base/units.hpp"
#include "base/version.hpp"
#include "config/load.hpp"
#include "exec/run_all.hpp"
#include "net/api/default_commands.hpp"
#include "net/api/enrolment.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <unistd.h>

#include <array>
#include <iostream>
#include <iterator>
#include <optional>

namespace trafikito::agent::cli {

namespace asio = boost::asio;

namespace {

/// Ends the enrolment: what to tell the user, and the exit code.
struct refusal {
    std::string what;
    int code;
};

base::secret read_user_key(std::filesystem::path const& file) {
    constexpr std::size_t limit = 4096;
    std::string key;
    if (file == "-") {
        key.assign(std::istreambuf_iterator<char>(std::cin), {});
    } else {
        auto const read = base::read_file(file, limit);
        if (!read.content) {
            throw refusal{file.string() + " " + read.problem, 2};
        }
        key = *read.content;
    }
    while (!key.empty() && (key.back() == '\n' || key.back() == '\r' || key.back() == ' ')) {
        key.pop_back();
    }
    if (key.empty()) {
        throw refusal{"the user API key is empty; --user-api-key-file names the file that holds it",
                      2};
    }
    return base::secret(std::move(key));
}

std::string host_name() {
    std::array<char, 256> name{};
    ::gethostname(name.data(), name.size() - 1);
    return name.data();
}

template <class T>
T expect(net::link::result<T> result) {
    if (!result) {
        throw refusal{result.error().message(), 1};
    }
    return std::move(*result);
}

void must(std::string const& problem) {
    if (!problem.empty()) {
        throw refusal{problem, 1};
    }
}

class enrolment {
public:
    enrolment(enroll_request const& what, base::console& to)
        : what_(what), base_dir_(std::filesystem::absolute(what.base_dir)), to_(to),
          key_(read_user_key(what.user_api_key_file)),
          names_(net::link::make_system_resolver(context_.get_executor())) {
        to_.hidden.add(key_);
    }

    void run();

private:
    asio::awaitable<void> ask();
    asio::awaitable<net::http::body> run_default_commands();
    void prepare_files();
    void write_files(net::api::server_identity const& identity, std::string const& commands);
    [[nodiscard]] std::filesystem::path config_file() const {
        return base_dir_ / "etc" / "trafikito.cfg";
    }
    [[nodiscard]] std::filesystem::path tmp_file() const {
        return base_dir_ / "var" / "trafikito.tmp";
    }

    enroll_request const& what_;
    std::filesystem::path base_dir_;
    base::console& to_;
    base::secret key_;
    asio::io_context context_{1};
    std::unique_ptr<net::link::resolver> names_;
};

void enrolment::run() {
    prepare_files();
    base::spawn(context_.get_executor(), ask(), [](std::exception_ptr failed) {
        if (failed) {
            std::rethrow_exception(failed);
        }
    });
    context_.run();
}

void enrolment::prepare_files() {
    for (auto const& file : {config_file(), base_dir_ / "available_commands.sh"}) {
        if (std::filesystem::exists(file)) {
            throw refusal{
                file.string() +
                    " is there already: this machine is enrolled; remove it to enrol anew",
                2};
        }
    }
    for (auto const* folder : {"etc", "var"}) {
        std::error_code failed;
        std::filesystem::create_directories(base_dir_ / folder, failed);
        if (failed) {
            throw refusal{(base_dir_ / folder).string() + " cannot be made: " + failed.message(),
                          1};
        }
    }
    must(access(base_dir_.c_str(), W_OK) == 0 ? "" : base_dir_.string() + " cannot be written");
}

asio::awaitable<void> enrolment::ask() {
    auto const base = expect(net::link::parse_endpoint(what_.api_url));
    net::http::client_settings connection;
    connection.version = base::version;
    connection.ca_file = what_.ca_file;
    auto const client =
        expect(net::http::make_client(context_.get_executor(), connection, *names_));
    net::api::new_server wish{what_.workspace_id, key_,
                              what_.server_name.empty() ? host_name() : what_.server_name,
                              tmp_file().string()};
    auto const identity = expect(co_await net::api::create_server(*client, base, std::move(wish)));
    to_.hidden.add(identity.api_key);
    to_.out << "the API made server " << identity.server_id << "; running "
            << base::count_of(net::api::default_commands.size(), "default command") << '\n';
    if (!identity.notice.empty()) {
        to_.out << "the API says: " << identity.notice << '\n';
    }
    to_.out << std::flush;

    net::api::first_outputs first{what_.workspace_id, key_, identity.server_id, {}, {}};
    auto const facts = config::load_os_facts();
    first.os = {facts.os, facts.os_codename, facts.os_release, facts.centos_flavor};
    first.outputs = co_await run_default_commands();
    auto const commands =
        expect(co_await net::api::fetch_available_commands(*client, base, std::move(first)));
    write_files(identity, commands);
}

asio::awaitable<net::http::body> enrolment::run_default_commands() {
    std::vector<exec::command> commands;
    std::vector<std::string> titles;
    for (auto const& one : net::api::default_commands) {
        auto const name = std::string(one.name);
        exec::command command;
        command.name = name;
        command.assignment = name + "=\"" + std::string(one.line) + "\"";
        commands.push_back(std::move(command));
        titles.emplace_back(one.line);
    }
    cycle::sections all(titles);
    config::settings defaults;
    defaults.base_dir = base_dir_;
    auto const around = daemon::environment_of(defaults);
    auto const within = exec::limits{};
    cycle::shortfall missing(commands.size());
    exec::on_result const ended = [&](std::size_t index, exec::result&& result) {
        missing.note(result);
        all.finish(index, std::move(result));
    };
    exec::warden warden(context_.get_executor());
    exec::run_tools const tools{warden, base_dir_ / "var"};
    co_await exec::run_all(std::move(commands), around, within, tools, ended);
    if (auto const problem = missing.starts_in_words(); !problem.empty()) {
        to_.out << "warning: " << problem << '\n' << std::flush;
    }
    std::string report;
    net::api::report_writer writer([&](std::string_view bytes) { report += bytes; });
    all.fit(defaults.max_report, 0);
    all.write(writer);
    warden.stop();
    co_return net::http::body(std::move(report));
}

void enrolment::write_files(net::api::server_identity const& identity,
                            std::string const& commands) {
    std::string text =
        "# The static configuration of the Trafikito agent, written when this machine was "
        "enrolled.\n# trafikito-agent --help lists the keys.\n";
    text += "server_id = " + identity.server_id + "\n";
    text += "api_key = " + identity.api_key.reveal() + "\n";
    text += "workspace_id = " + what_.workspace_id + "\n";
    text += "api_url = " + what_.api_url + "\n";
    text += "tmp_file = " + tmp_file().string() + "\n";
    if (!what_.ca_file.empty()) {
        text += "ca_file = " + std::filesystem::absolute(what_.ca_file).string() + "\n";
    }
    auto const list = base_dir_ / "available_commands.sh";
    must(base::cannot_write(list, base::create_file(list, commands, 0644)));
    // Only its owner may read the key.
    auto const failed = base::create_file(config_file(), text, 0600);
    if (failed) {
        std::error_code ignored; // half an installation would be taken for one the next time
        std::filesystem::remove(list, ignored);
    }
    must(base::cannot_write(config_file(), failed));
    to_.out << "wrote " << config_file().string() << " and "
            << (base_dir_ / "available_commands.sh").string()
            << "\nstart it with: trafikito-agent --config " << config_file().string() << '\n';
}

} // namespace

int enroll(enroll_request const& what, base::console& to) {
    try {
        enrolment(what, to).run();
        return 0;
    } catch (refusal const& why) {
        to.err << "trafikito-agent: error: " << base::one_line(why.what) << '\n';
        return why.code;
    }
}

} // namespace trafikito::agent::cli
