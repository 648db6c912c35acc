#pragma once
// An installation as the shell agents' installers left it (doc/protocol.md, "Files of an
// installation"), in a temporary directory, with the agent to run on it. Nothing in it was
// converted for ours.

#include "test/e2e/strict_api.hpp"
#include "test/support/certificates.hpp"
#include "test/support/program.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::test {

/// The two ways of writing a configuration that occur in the field.
enum class writing { seeds, exported };

class installation {
public:
    explicit installation(known_agent const& who);

    /// etc/trafikito.cfg in one of the two ways, and `more` below it. v1 addresses stand in the
    /// seeds' way only: the exported one knew none.
    void write_config(writing way, std::string const& url_of_v1 = {},
                      std::string const& more = {}) const;

    void write_commands(std::string_view text) const { (void)write("available_commands.sh", text); }
    std::filesystem::path write(std::string const& name, std::string_view text) const {
        return here_.write(name, text);
    }

    [[nodiscard]] std::filesystem::path const& base() const { return here_.path(); }
    [[nodiscard]] std::filesystem::path config() const { return base() / "etc/trafikito.cfg"; }
    [[nodiscard]] std::filesystem::path stop_file() const { return base() / "var/STOP"; }

    /// What is in tmp_file or in the file that stands for it, if that is a sealed report which
    /// nobody accepted (spool_trailer.hpp); else empty.
    [[nodiscard]] std::string sealed_report() const;

    /// What the agent finds in its environment besides PATH: `TRAFIKITO_…`.
    std::map<std::string, std::string> environment;

    [[nodiscard]] std::vector<std::string> all_environment() const;

    /// The agent with these arguments, `--config` added.
    [[nodiscard]] finished run(std::vector<std::string> arguments) const;
    [[nodiscard]] finished once() const { return run({"--once"}); }
    [[nodiscard]] std::unique_ptr<program> daemon() const;

    /// What a shell agent would have sent of one command: sources the file, evaluates the variable.
    [[nodiscard]] std::string as_the_shell_has_it(std::string const& name) const;

    /// Every file and folder with its size and time: equal when nothing was touched.
    [[nodiscard]] std::string listing() const;

private:
    temporary_directory here_;
    known_agent who_;
};

/// An API of one version over verified TLS and an installation that talks to it, cycles 1 s apart.
class pair {
public:
    explicit pair(int version, known_agent who = {});

    /// The commands of the list, and the order that names some of them with a token.
    void commands(std::string_view list) const { there.write_commands(list); }
    void order(std::vector<answer> script) {
        api.answers(version_ == 1 ? v1_get : v2_order, std::move(script));
    }

    [[nodiscard]] seen_request report(std::size_t number = 1) const {
        return api.wait_for(version_ == 1 ? v1_output : v2_output, number);
    }
    [[nodiscard]] std::size_t reports() const {
        return api.count(version_ == 1 ? v1_output : v2_output);
    }
    [[nodiscard]] std::size_t orders() const {
        return api.count(version_ == 1 ? v1_get : v2_order);
    }

private:
    int version_;

public:
    certificate_authority authority;
    strict_api api;
    installation there;
};

/// `*-*-*-*------------ Trafikito command: NAME`, with its newline.
std::string section(std::string const& name);

/// The last marker, with its newline.
inline constexpr std::string_view available = "*-*-*-*------------ Available commands:\n";

} // namespace trafikito::test
