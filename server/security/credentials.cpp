#include "server/security/credentials.hpp"

#include "server/security/data_file.hpp"

#include <algorithm>
#include <stdexcept>

namespace trafikito::server::security {

std::string checked_key(std::string text, std::string const& origin) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) {
        text.pop_back();
    }
    auto const printable = [](char c) { return c > ' ' && c < '\x7F'; };
    if (text.size() < 16 || text.size() > 512 || !std::ranges::all_of(text, printable)) {
        throw std::runtime_error(origin +
                                 " must hold one line of 16 to 512 printable characters without "
                                 "spaces: the key, and nothing else");
    }
    return text;
}

std::string read_key_file(std::filesystem::path const& file) {
    auto key = read_file_if_there(file);
    if (!key) {
        throw std::runtime_error("there is no file " + file.string() + " to read the key from");
    }
    return checked_key(std::move(*key), file.string());
}

digest ensure_user_key(std::filesystem::path const& directory) {
    auto const file = directory / "user_api_key";
    if (!read_file_if_there(file)) {
        write_file(file, random_key() + "\n", 0600, when_there::keep);
    }
    return read_user_key(directory);
}

digest read_user_key(std::filesystem::path const& directory) {
    return sha256(read_key_file(directory / "user_api_key"));
}

} // namespace trafikito::server::security
