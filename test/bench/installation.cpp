#include "test/bench/installation.hpp"

#include "test/bench/waiting.hpp"

#include <fstream>
#include <pwd.h>
#include <unistd.h>

namespace trafikito::test::bench {

namespace {

namespace fs = std::filesystem;

void write(fs::path const& file, std::string const& text) {
    std::ofstream stream(file, std::ios::binary);
    if (!(stream << text << std::flush)) {
        throw std::runtime_error("cannot write " + file.string());
    }
}

void give(fs::path const& path, std::string const& user) {
    passwd const* const entry = ::getpwnam(user.c_str());
    if (entry == nullptr || ::lchown(path.c_str(), entry->pw_uid, entry->pw_gid) != 0) {
        throw std::runtime_error("cannot give " + path.string() + " to " + user);
    }
}

} // namespace

void cycling::wait_for_cycles(std::size_t number) {
    // One comes a second, none earlier: nothing is looked at before the last of them begins.
    if (auto const now = cycles(); number > now + 1 && !running.ended()) {
        pass(std::chrono::seconds(static_cast<long>(number - now - 1)));
    }
    auto const bound = std::chrono::seconds(30 + 3 * static_cast<long>(number));
    wait_for(
        std::to_string(number) + " cycles",
        [&] {
            if (cycles() >= number) {
                return true;
            }
            if (running.ended()) {
                throw std::runtime_error("it ended before its time: " + content_of(log));
            }
            return false;
        },
        bound);
}

installation::installation(programs const& with, receiver const& at, fs::path base,
                           std::string user, std::uint16_t port)
    : with_(with), base_(std::move(base)), name_(base_.filename()), user_(std::move(user)),
      group_(control_group::make(name_)) {
    start_options enrol;
    enrol.words = {with.agent,
                   "enroll",
                   "--api-url",
                   "https://127.0.0.1:" + std::to_string(port == 0 ? at.port() : port),
                   "--ca-file",
                   at.ca_file(),
                   "--user-api-key-file",
                   at.user_key_file(),
                   "--workspace-id",
                   "default",
                   "--server-name",
                   name_,
                   "--base-dir",
                   base_};
    (void)run_well(enrol);
    if (!user_.empty()) {
        give(base_, user_);
        for (auto const& entry : fs::recursive_directory_iterator(base_)) {
            give(entry.path(), user_);
        }
    }
}

std::string installation::configured(std::string const& key) const {
    std::ifstream lines(config());
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(key + " = ")) {
            return line.substr(key.size() + 3);
        }
    }
    throw std::runtime_error(config().string() + " has no " + key);
}

void installation::offer(std::string const& list) const {
    write(base_ / "available_commands.sh", list);
}

start_options installation::how(std::vector<std::string> const& in_front) const {
    start_options how;
    how.words = in_front;
    how.words.insert(how.words.end(), {with_.agent, "--config", config()});
    how.environment = {"TRAFIKITO_INTERVAL=1s", "TRAFIKITO_RANDOM_NUMBER=0"};
    how.user = user_;
    how.group = group_ ? group_->procs() : fs::path();
    how.output = base_.parent_path() / (name_ + ".log");
    return how;
}

cycling installation::start(start_options how) const {
    fs::remove(how.output);
    auto const log = how.output;
    return {process(how), log};
}

std::string echo_list(int count) {
    std::string list;
    for (int i = 0; i < count; ++i) {
        auto const number = std::to_string(i);
        list += "trafikito_c" + number + "=\"echo " + number + "\"\n";
    }
    return list;
}

} // namespace trafikito::test::bench
