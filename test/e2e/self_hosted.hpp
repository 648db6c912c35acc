#pragma once
// trafikito-server as its user runs it: on loopback, with a data directory and a certificate
// authority of its own. For the tests of both programs together; what has to go wrong is
// strict_api's part.

#include "test/support/program.hpp"
#include "test/support/temporary_directory.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace trafikito::test {

class self_hosted {
public:
    /// Listens when this returns. Agents may ask once in `min_interval`; 0: as often as they like.
    explicit self_hosted(std::string const& min_interval = "0");

    [[nodiscard]] std::string url() const;
    [[nodiscard]] std::filesystem::path ca_file() const { return data() / "ca.pem"; }
    [[nodiscard]] std::filesystem::path user_key_file() const { return data() / "user_api_key"; }

    /// Another subcommand on the same data: `servers`, `outputs`, …
    [[nodiscard]] finished run(std::vector<std::string> words, std::string_view input = {}) const;

    /// Ends it as systemd would.
    finished stop();

private:
    [[nodiscard]] std::filesystem::path data() const { return here_.path() / "data"; }
    [[nodiscard]] std::filesystem::path port_file() const { return here_.path() / "port"; }

    temporary_directory here_;
    std::unique_ptr<program> serving_;
};

} // namespace trafikito::test
