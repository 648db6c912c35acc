#pragma once
// trafikito-server on loopback with data of its own: the other end of every figure.

#include "test/bench/process.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace trafikito::test::bench {

class receiver {
public:
    /// Listens when this returns. Keeps its data in `directory`, which is made.
    receiver(std::filesystem::path program, std::filesystem::path directory);

    [[nodiscard]] std::uint16_t port() const { return port_; }

    /// A copy that everybody can read.
    [[nodiscard]] std::filesystem::path ca_file() const { return directory_ / "ca.pem"; }
    [[nodiscard]] std::filesystem::path user_key_file() const { return data() / "user_api_key"; }

    /// Another subcommand on the same data: what it printed.
    [[nodiscard]] std::string run(std::vector<std::string> words) const;

    /// That machine's newest report as `outputs --json` prints it.
    [[nodiscard]] boost::json::value newest_report(std::string const& machine) const;

private:
    [[nodiscard]] std::filesystem::path data() const { return directory_ / "data"; }

    std::filesystem::path program_;
    std::filesystem::path directory_;
    std::unique_ptr<process> serving_;
    std::uint16_t port_ = 0;
};

} // namespace trafikito::test::bench
