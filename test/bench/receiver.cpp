#include "test/bench/receiver.hpp"

#include "test/bench/waiting.hpp"

#include <boost/json/parse.hpp>

namespace trafikito::test::bench {

namespace fs = std::filesystem;

receiver::receiver(fs::path program, fs::path directory)
    : program_(std::move(program)), directory_(std::move(directory)) {
    fs::create_directories(directory_);
    auto const port_file = directory_ / "port";
    start_options how;
    how.words = {program_,      "serve",          "--data", data(),        "--listen",
                 "127.0.0.1:0", "--min-interval", "0s",     "--port-file", port_file};
    how.output = directory_ / "log";
    serving_ = std::make_unique<process>(how);
    wait_for("the server to listen", [&] {
        if (serving_->ended()) {
            throw std::runtime_error("the server ended: " + content_of(how.output));
        }
        return count_in(port_file, "\n") == 1;
    });
    port_ = static_cast<std::uint16_t>(std::stoi(content_of(port_file)));
    fs::copy_file(data() / "ca.pem", ca_file());
    fs::permissions(ca_file(), fs::perms::owner_write | fs::perms(0444));
}

std::string receiver::run(std::vector<std::string> words) const {
    words.insert(words.begin(), program_);
    words.insert(words.end(), {"--data", data()});
    return run_well(start_options(std::move(words)));
}

boost::json::value receiver::newest_report(std::string const& machine) const {
    return boost::json::parse(run({"outputs", machine, "--json"}));
}

} // namespace trafikito::test::bench
