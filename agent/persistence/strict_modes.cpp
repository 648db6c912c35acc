#include "agent/persistence/strict_modes.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <system_error>

namespace trafikito::agent::persistence {

namespace fs = std::filesystem;

namespace {

constexpr mode_t others_write = S_IWGRP | S_IWOTH;

std::string octal(mode_t mode) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%04o", static_cast<unsigned>(mode & 07777));
    return text.data();
}

class search {
public:
    search(fs::path base, uid_t agent) : base_(std::move(base)), agent_(agent) {}

    void look_at_file(fs::path const& file) {
        struct stat status{};
        if (::stat(file.c_str(), &status) != 0) {
            return;
        }
        judge(file, status, "file ");
        look_above(file, base_);
        std::error_code unknown;
        auto const real = fs::canonical(file, unknown);
        if (!unknown && real != file) {
            auto const real_base = fs::canonical(base_, unknown);
            look_above(real, unknown ? base_ : real_base);
        }
    }

    std::vector<loose_mode> found;

private:
    void look_above(fs::path const& file, fs::path const& base) {
        auto const relative = file.lexically_relative(base);
        bool const inside = !relative.empty() && *relative.begin() != "..";
        for (auto directory = file.parent_path();; directory = directory.parent_path()) {
            struct stat status{};
            bool const known = ::stat(directory.c_str(), &status) == 0;
            bool const sticky = !inside && (status.st_mode & S_ISVTX) != 0;
            if (known && !sticky) {
                judge(directory, status, "directory ");
            }
            if (directory == base || !directory.has_relative_path()) {
                return;
            }
        }
    }

    void judge(fs::path const& path, struct stat const& status, std::string const& kind) {
        bool const seen = std::ranges::any_of(found, [&](auto& one) { return one.path == path; });
        if (seen) {
            return;
        }
        if (status.st_uid != 0 && status.st_uid != agent_) {
            found.push_back({path,
                             "the " + kind + "belongs to user " + std::to_string(status.st_uid) +
                                 ", who is neither root nor the agent's user",
                             "chown root " + path.string()});
        } else if ((status.st_mode & others_write) != 0) {
            found.push_back({path,
                             "the " + kind + "can be written by others than its owner (mode " +
                                 octal(status.st_mode) + ")",
                             "chmod go-w " + path.string()});
        }
    }

    fs::path base_;
    uid_t agent_;
};

} // namespace

std::string loose_mode::message() const {
    return path.string() + ": " + what + "; mend it: " + mend;
}

std::vector<loose_mode> find_loose_modes(config::settings const& settings, uid_t agent) {
    search all(settings.base_dir, agent);
    all.look_at_file(settings.config_file);
    all.look_at_file(settings.dynamic_file);
    all.look_at_file(settings.available_commands);
    return std::move(all.found);
}

std::vector<loose_mode> find_readable_key(config::settings const& settings) {
    auto const& file = settings.api_key_file.empty() ? settings.config_file : settings.api_key_file;
    struct stat status{};
    if (::stat(file.c_str(), &status) != 0 || (status.st_mode & S_IROTH) == 0) {
        return {};
    }
    return {{file,
             "everybody on this machine can read the API key in it (mode " + octal(status.st_mode) +
                 ")",
             "chmod o-rwx " + file.string()}};
}

} // namespace trafikito::agent::persistence
