#include "test/bench/trace.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <utility>

namespace trafikito::test::bench {

namespace {

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::ranges::find(names, name) != names.end();
}

/// The number at the start of a call's arguments: `7, "…"`.
std::string descriptor_of(std::string_view arguments) {
    auto const end =
        std::ranges::find_if_not(arguments, [](unsigned char c) { return std::isdigit(c) != 0; });
    return {arguments.begin(), end};
}

constexpr long least_of_a_cycle = 60;

class reader {
public:
    void line(std::string_view text) {
        auto const blank = text.find(' ');
        if (blank == std::string_view::npos) {
            return;
        }
        std::string const process(text.substr(0, blank));
        if (agent_.empty()) {
            agent_ = process;
        }
        text.remove_prefix(std::min(text.find_first_not_of(' ', blank), text.size()));
        constexpr std::string_view unfinished = " <unfinished ...>";
        if (text.ends_with(unfinished)) {
            text.remove_suffix(unfinished.size());
            begun_[process] = text;
        } else if (text.starts_with("<... ")) {
            auto const rest = text.find(" resumed>");
            if (rest != std::string_view::npos) {
                auto const whole = begun_[process] + std::string(text.substr(rest + 9));
                call(process, whole);
            }
        } else {
            call(process, text);
        }
    }

    [[nodiscard]] std::vector<traced_cycle> take() { return std::move(cycles_); }

private:
    void call(std::string const& process, std::string_view text) {
        auto const open = text.find('(');
        if (open == std::string_view::npos || open == 0 ||
            std::isalpha(static_cast<unsigned char>(text[0])) == 0) {
            return; // a signal, an end
        }
        auto const name = text.substr(0, open);
        auto const arguments = text.substr(open + 1);
        if (process == agent_) {
            own(name, arguments);
        } else if (!executed_.contains(process)) {
            ++now_.before_exec;
            if (name == "execve") {
                executed_.insert(process);
            }
        }
    }

    void own(std::string_view name, std::string_view arguments) {
        ++now_.calls;
        ++now_.by_name[std::string(name)];
        now_.synchronous += waits_for_disk(name, arguments) ? 1 : 0;
        if (is_one_of(name, {"write", "writev"}) && descriptor_of(arguments) == "2") {
            said(arguments.substr(std::min(arguments.find(' ') + 1, arguments.size())));
        }
    }

    /// Whoever is not root cannot read what an agent writes, but sees that it does: a line a cycle,
    /// and some with little to do in front of it when it starts or ends.
    void said(std::string_view text) {
        bool const hidden = text.starts_with("0x");
        if (hidden ? now_.calls >= least_of_a_cycle
                   : text.find("report accepted") != std::string_view::npos) {
            cycles_.push_back(std::exchange(now_, {}));
        }
    }

    bool waits_for_disk(std::string_view name, std::string_view arguments) {
        auto const says = [&](std::string_view word) {
            return arguments.find(word) != std::string_view::npos;
        };
        if (is_one_of(name, {"fsync", "fdatasync", "sync_file_range", "sync", "syncfs"})) {
            return true;
        }
        if (is_one_of(name, {"open", "openat", "openat2"})) {
            auto const result = arguments.rfind(" = ");
            if ((says("O_SYNC") || says("O_DSYNC")) && result != std::string_view::npos) {
                synchronous_.insert(descriptor_of(arguments.substr(result + 3)));
            }
            return false;
        }
        if (name == "close") {
            synchronous_.erase(descriptor_of(arguments));
            return false;
        }
        if (is_one_of(name, {"write", "writev", "pwrite64", "pwritev", "pwritev2"})) {
            return says("RWF_SYNC") || says("RWF_DSYNC") ||
                   synchronous_.contains(descriptor_of(arguments));
        }
        return name == "msync" && says("MS_SYNC");
    }

    std::string agent_;                        ///< its process: the first that does anything
    std::map<std::string, std::string> begun_; ///< calls that another process's line cut in two
    std::set<std::string> executed_;
    std::set<std::string> synchronous_; ///< descriptors whose every write waits for the disk
    traced_cycle now_;
    std::vector<traced_cycle> cycles_;
};

} // namespace

std::vector<traced_cycle> read_trace(std::string_view text) {
    reader all;
    while (!text.empty()) {
        auto const end = std::min(text.find('\n'), text.size());
        all.line(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return all.take();
}

} // namespace trafikito::test::bench
