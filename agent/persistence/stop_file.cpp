#include "agent/persistence/stop_file.hpp"

#include "base/file.hpp"
#include "base/printable.hpp"
#include "config/load.hpp"

#include <system_error>

namespace trafikito::agent::persistence {

std::filesystem::path stop_file_in(std::filesystem::path const& var_dir) {
    return var_dir / "STOP";
}

std::optional<std::string> stop_reason(std::filesystem::path const& var_dir) {
    constexpr std::size_t limit = 64UL * 1024;
    std::error_code unknown;
    // Where var_dir itself cannot be entered nobody knows of such a file: that is no reason to
    // stop.
    auto const there = std::filesystem::symlink_status(stop_file_in(var_dir), unknown);
    if (!std::filesystem::exists(there)) {
        return std::nullopt;
    }
    auto const file = base::read_file(stop_file_in(var_dir), limit);
    if (file.missing) {
        return std::nullopt;
    }
    if (!file.content) {
        return file.problem;
    }
    auto reason = base::one_line(file.content->substr(0, file.content->find('\n')));
    return reason.empty() ? std::string(no_stop_reason) : reason;
}

std::string write_stop_file(std::filesystem::path const& var_dir, std::string_view reason) {
    auto const file = stop_file_in(var_dir);
    return base::cannot_write(file, base::replace_file(file, std::string(reason) + "\n"));
}

} // namespace trafikito::agent::persistence
