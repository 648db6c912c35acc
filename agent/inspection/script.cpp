#include "agent/inspection/script.hpp"

#include "agent/daemon/eyes.hpp"
#include "base/ascii.hpp"
#include "base/descriptor.hpp"
#include "base/printable.hpp"
#include "base/shell_quoting.hpp"
#include "config/diagnostic.hpp"
#include "config/nearest.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <system_error>
#include <vector>

namespace trafikito::agent::inspection {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t looked_at = 512; ///< bytes of the beginning

/// The beginning of a regular file; nothing when it cannot be read.
std::optional<std::string> beginning_of(fs::path const& file) {
    base::descriptor const opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat facts{};
    if (!opened.open() || ::fstat(opened.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
        return std::nullopt;
    }
    std::string text(looked_at, '\0');
    auto const size = ::read(opened.get(), text.data(), text.size());
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return text;
}

bool is_text(std::string_view beginning) {
    return !beginning.empty() && beginning.find('\0') == std::string_view::npos;
}

script_fault ends_in_return(fs::path const& file, std::string const& what) {
    return {what, "Type: sed -i 's/\\r$//' " + base::shell_quoted(file.string())};
}

/// What people mean is rather one of these than any program of the folder.
std::string nearest_interpreter(fs::path const& missing) {
    constexpr std::array<std::string_view, 10> usual{"bash", "dash",    "env",  "node", "perl",
                                                     "php",  "python3", "ruby", "sh",   "zsh"};
    std::vector<std::string_view> there;
    for (auto const name : usual) {
        if (daemon::may(missing.parent_path() / name, X_OK) == 0) {
            there.push_back(name);
        }
    }
    auto const near = config::nearest(missing.filename().string(), there);
    return near ? (missing.parent_path() / *near).string() : nearest_file(missing);
}

/// Behind `#!`.
std::optional<script_fault> judge_first_line(fs::path const& file, std::string_view line,
                                             std::function<bool(std::string_view)> const& in_path) {
    if (line.ends_with('\r')) {
        return ends_in_return(file, "the first line of " + file.string() +
                                        " ends in a carriage return (as files of Windows do): "
                                        "nothing can run it, there is no program of that name");
    }
    line = base::trim(line);
    auto const interpreter = line.substr(0, line.find_first_of(" \t"));
    auto rest = base::trim(line.substr(interpreter.size()));
    if (interpreter.empty()) {
        return script_fault{"the first line of " + file.string() + " names no interpreter",
                            "Write #!/bin/sh there."};
    }
    auto const path = fs::path(interpreter);
    if (daemon::may(path, X_OK) != 0) {
        auto const near = nearest_interpreter(path);
        return script_fault{"the first line of " + file.string() + " names " +
                                config::in_quotes(interpreter) + ", which cannot be run here",
                            near.empty() ? "Write what is there, such as #!/bin/sh, or install it."
                                         : "Did you mean #!" + near + "?"};
    }
    auto const name = rest.substr(0, rest.find_first_of(" \t"));
    if (path.filename() == "env" && !name.empty() && !name.starts_with('-') &&
        name.find('=') == std::string_view::npos && !in_path(name)) {
        return script_fault{"the first line of " + file.string() + " has env look for " +
                                config::in_quotes(name) + ", which is not in the PATH of commands",
                            "Write the whole path of it there, or install it."};
    }
    return std::nullopt;
}

/// Its name alone, of `#!/usr/bin/env -S bash -e` as well; empty where there is none.
std::string_view interpreter_in(std::string_view beginning) {
    if (!beginning.starts_with("#!")) {
        return {};
    }
    auto line = base::trim_white_space(beginning.substr(2, beginning.find('\n') - 2));
    auto const take = [&line] {
        auto const word = line.substr(0, line.find_first_of(" \t"));
        line = base::trim(line.substr(word.size()));
        return word.substr(word.rfind('/') + 1);
    };
    auto name = take();
    while (name == "env" || (name.starts_with('-') && !line.empty())) {
        name = take();
    }
    return name;
}

} // namespace

std::optional<script_fault>
find_script_fault(fs::path const& file, std::function<bool(std::string_view)> const& in_path) {
    auto const beginning = beginning_of(file);
    if (!beginning) {
        return std::nullopt; // a program need not be readable; of a script see below
    }
    std::string_view const text = *beginning;
    constexpr std::string_view order_mark = "\xef\xbb\xbf";
    if (text.starts_with(std::string(order_mark) + "#!")) {
        return script_fault{"the file " + file.string() +
                                " begins with a byte order mark, so that its #! line counts for "
                                "nothing",
                            R"(Type: sed -i '1s/^\xEF\xBB\xBF//' )" +
                                base::shell_quoted(file.string())};
    }
    auto const end = text.find('\n');
    if (text.starts_with("#!")) {
        return judge_first_line(file, text.substr(2, end == std::string_view::npos ? end : end - 2),
                                in_path);
    }
    if (is_text(text) && end != std::string_view::npos && end > 0 && text[end - 1] == '\r') {
        return ends_in_return(file, "the lines of " + file.string() +
                                        " end in carriage returns (as files of Windows do): a "
                                        "shell takes them for part of each command");
    }
    return std::nullopt;
}

std::optional<script_fault> find_other_interpreter(fs::path const& file, std::string_view by,
                                                   bool sh_is_bash) {
    constexpr std::array<std::string_view, 4> plain{"ash", "busybox", "dash", "sh"};
    auto const is_plain = [&](std::string_view name) {
        return std::ranges::find(plain, name) != plain.end();
    };
    auto const beginning = beginning_of(file).value_or("");
    auto const named = interpreter_in(beginning);
    bool const python = by.starts_with("python") && named.starts_with("python");
    if (named.empty() || named == by || python || is_plain(named)) {
        return std::nullopt; // any shell reads what is written for sh
    }
    bool const same = is_plain(by) && sh_is_bash && (named == "bash" || named == "ksh");
    if (same) {
        return std::nullopt;
    }
    return script_fault{"the first line of " + file.string() + " names " +
                            config::in_quotes(named) + ", and " + std::string(by) +
                            " takes no notice of that: what " + std::string(by) +
                            " does not know of it fails",
                        "Write " + std::string(base::one_line(named, 40)) + " " +
                            base::shell_quoted(file.string()) + "."};
}

std::string nearest_file(fs::path const& missing) {
    constexpr std::size_t most = 4096;
    std::vector<std::string> names;
    std::error_code failed;
    fs::directory_iterator entries(missing.parent_path(), failed);
    for (; !failed && entries != fs::directory_iterator() && names.size() < most;
         entries.increment(failed)) {
        names.push_back(entries->path().filename().string());
    }
    std::vector<std::string_view> const views(names.begin(), names.end());
    auto const near = config::nearest(missing.filename().string(), views);
    return near ? (missing.parent_path() / *near).string() : std::string();
}

} // namespace trafikito::agent::inspection
