#include "test/e2e/self_hosted.hpp"

#include "test/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

namespace trafikito::test {

namespace {

std::vector<std::string> plain_environment() {
    return {"PATH=/usr/bin:/bin", "LANG=C.UTF-8"};
}

} // namespace

self_hosted::self_hosted(std::string const& min_interval) {
    serving_ = std::make_unique<program>(
        std::vector<std::string>{TRAFIKITO_SERVER, "serve", "--data", data().string(), "--listen",
                                 "127.0.0.1:0", "--min-interval", min_interval, "--port-file",
                                 port_file().string()},
        plain_environment());
    auto const listens = [this] {
        return std::filesystem::exists(port_file()) && !read_file(port_file()).empty();
    };
    BOOST_REQUIRE_MESSAGE(eventually(listens), "the server does not listen: " << serving_->err());
}

std::string self_hosted::url() const {
    auto port = read_file(port_file());
    return "https://127.0.0.1:" + port.substr(0, port.find('\n'));
}

finished self_hosted::run(std::vector<std::string> words, std::string_view input) const {
    words.insert(words.begin(), TRAFIKITO_SERVER);
    words.insert(words.end(), {"--data", data().string()});
    return test::run(std::move(words), plain_environment(), input);
}

finished self_hosted::stop() {
    serving_->signal(SIGTERM);
    return serving_->wait();
}

} // namespace trafikito::test
