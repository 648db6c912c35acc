#include "server/api/agent_files.hpp"

#include "base/ascii.hpp"
#include "base/descriptor.hpp"
#include "base/file.hpp"
#include "base/hexadecimal.hpp"
#include "server/api/server_url.hpp"
#include "server/security/secrets.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace trafikito::server::api {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view script_name = "install.sh";
constexpr std::string_view begin_mark = "# BEGIN served\n";
constexpr std::string_view end_mark = "# END served\n";
constexpr std::string_view archive_begin = "trafikito-agent-";
constexpr std::string_view archive_middle = "-linux-";
constexpr std::string_view archive_end = ".tar.gz";

/// As the parts of a version or an architecture are written.
bool is_word(std::string_view text) {
    return !text.empty() && text.size() <= 100 && std::ranges::all_of(text, [](char c) {
        return base::is_word(c) || c == '.' || c == '+' || c == '~' || c == '-';
    });
}

/// The architecture of an archive's name; empty when the name is none of ours.
std::string_view architecture_in(std::string_view name) {
    if (!name.starts_with(archive_begin) || !name.ends_with(archive_end) || !is_word(name)) {
        return {};
    }
    auto const words = name.substr(0, name.size() - archive_end.size());
    auto const at = words.rfind(archive_middle);
    if (at == std::string_view::npos || at <= archive_begin.size()) {
        return {};
    }
    return words.substr(at + archive_middle.size());
}

void require_owner(fs::path const& path, struct stat const& status) {
    bool const others_own = status.st_uid != 0 && status.st_uid != ::geteuid();
    if (others_own || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        throw std::runtime_error("others could change " + path.string() +
                                 ", and root of other machines runs it: `chown " + "root " +
                                 path.string() + "; chmod go-w " + path.string() + "`");
    }
}

// What is looked at is what is read, whatever takes its name meanwhile.
std::string read_owned(fs::path const& path) {
    base::descriptor const file(
        ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat status{};
    if (!file.open() || ::fstat(file.get(), &status) != 0) {
        throw std::runtime_error(path.string() + " cannot be read: " +
                                 (errno == ELOOP ? "it is a link; put the file itself there"
                                                 : std::generic_category().message(errno)));
    }
    require_owner(path, status);
    auto read = base::read_file(file, max_agent_file);
    if (!read.content) {
        throw std::runtime_error(path.string() + " " + read.problem);
    }
    return std::move(*read.content);
}

std::vector<std::string> archives_in(fs::path const& folder) {
    struct stat status{};
    if (::stat(folder.c_str(), &status) != 0) {
        throw std::runtime_error("there is no folder " + folder.string() +
                                 " of files for new machines: --agent-files names the one that "
                                 "holds install.sh");
    }
    require_owner(folder, status);
    std::map<std::string, std::string> newest; // by architecture
    std::error_code failed;
    for (fs::directory_iterator each(folder, failed), end; !failed && each != end;
         each.increment(failed)) {
        auto const name = each->path().filename().string();
        if (auto const found = architecture_in(name); !found.empty()) {
            auto& of_it = newest[std::string(found)];
            if (of_it.empty() || ::strverscmp(name.c_str(), of_it.c_str()) > 0) {
                of_it = name;
            }
        }
    }
    if (failed) {
        throw std::runtime_error("cannot look into " + folder.string() + ": " + failed.message());
    }
    if (newest.size() > max_agent_files) {
        throw std::runtime_error(folder.string() + " holds the agent for " +
                                 std::to_string(newest.size()) + " architectures; at most " +
                                 std::to_string(max_agent_files) + " can be served");
    }
    std::vector<std::string> names;
    names.reserve(newest.size());
    for (auto const& [architecture, name] : newest) {
        names.push_back(name);
    }
    return names;
}

bool is_base64(char c) {
    return base::is_letter(c) || base::is_digit(c) || c == '+' || c == '/' || c == '=';
}

bool is_pin(std::string_view text) {
    constexpr std::string_view kind = "sha256/";
    constexpr std::size_t size = 44;
    return text.starts_with(kind) && text.size() == kind.size() + size &&
           std::ranges::all_of(text.substr(kind.size()), is_base64);
}

bool is_pem(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return is_base64(c) || c == '-' || c == ' ' || c == '\n'; });
}

bool is_list(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return is_word(std::string_view(&c, 1)) || c == ' ' || c == '\n'; });
}

void require(bool fits, char const* what) {
    if (!fits) {
        throw std::runtime_error(std::string("install.sh cannot be told ") + what +
                                 ": it holds what could end the quotes around it");
    }
}

std::string_view without_last_newline(std::string_view text) {
    return text.substr(0, text.size() - (text.ends_with('\n') ? 1 : 0));
}

/// Behind a mark that stands once, at the beginning of a line.
std::size_t place_of(std::string_view script, std::string_view mark) {
    auto const with_newline = "\n" + std::string(mark);
    auto const found = script.find(with_newline);
    if (found == std::string_view::npos ||
        script.find(with_newline, found + 1) != std::string_view::npos) {
        throw std::runtime_error("install.sh has no line `" +
                                 std::string(without_last_newline(mark)) +
                                 "`, or several: take the one that was made with this program");
    }
    return found + 1;
}

} // namespace

std::string with_served_values(std::string_view script, served_values const& values,
                               std::string_view files) {
    require(is_server_url(values.api_url), "this server's address");
    require(values.pin.empty() || is_pin(values.pin), "the pin of this server's key");
    require(is_pem(values.authority), "this server's certificate authority");
    require(is_list(files), "the names of files");
    auto const begin = place_of(script, begin_mark) + begin_mark.size();
    auto const end = place_of(script, end_mark);
    if (end < begin) {
        throw std::runtime_error("install.sh has its marks in the wrong order: take the one that "
                                 "was made with this program");
    }
    std::string text(script.substr(0, begin));
    text += "served_api_url='" + values.api_url + "'\n";
    text += "served_pin='" + values.pin + "'\n";
    text += "served_ca='" + std::string(without_last_newline(values.authority)) + "'\n";
    text += "served_files='" + std::string(without_last_newline(files)) + "'\n";
    text += script.substr(end);
    return text;
}

agent_files read_agent_files(fs::path const& folder, served_values const& values) {
    agent_files all;
    auto& list = all.list;
    for (auto const& name : archives_in(folder)) {
        auto bytes = std::make_shared<std::string const>(read_owned(folder / name));
        list += base::to_hexadecimal(security::sha256(*bytes)) + "  " + name + "\n";
        all.by_path.emplace("/agent/" + name,
                            agent_files::file{std::move(bytes), "application/gzip"});
    }
    all.values = values;
    auto const& script = all.script = read_owned(folder / script_name);
    if (!script.starts_with("#!")) {
        throw std::runtime_error((folder / script_name).string() + " is no script");
    }
    auto const told = [&] {
        try {
            return std::make_shared<std::string const>(with_served_values(script, values, list));
        } catch (std::runtime_error const& failure) {
            throw std::runtime_error("of " + folder.string() + ", " + failure.what());
        }
    }();
    all.by_path.emplace("/" + std::string(script_name),
                        agent_files::file{told, "text/x-shellscript; charset=utf-8"});
    return all;
}

std::shared_ptr<std::string const> agent_files::script_for(std::string_view host) const {
    auto asked = values;
    asked.api_url = "https://" + std::string(host);
    bool const other = asked.api_url != values.api_url && is_server_url(asked.api_url) &&
                       covers(values.names, host_of(asked.api_url));
    return other ? std::make_shared<std::string const>(with_served_values(script, asked, list))
                 : by_path.at("/" + std::string(script_name)).bytes;
}

} // namespace trafikito::server::api
