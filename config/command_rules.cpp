#include "config/command_rules.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace trafikito::config {
namespace {

bool is_number(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, base::is_digit);
}

std::size_t numbers_in(arguments const& with) {
    return static_cast<std::size_t>(std::ranges::count_if(with.operands, is_number));
}

bool any_operand(arguments const& with, std::string_view beginning) {
    return std::ranges::any_of(with.operands,
                               [&](auto const& one) { return one.starts_with(beginning); });
}

// --- what reads its standard input
// ----------------------------------------------------------------

constexpr std::string_view none;

struct input_reader {
    std::string_view name;
    std::string_view with_value;
    std::size_t before_files = 0;       ///< operands in front of those that are files
    std::string_view in_place = none;   ///< options that stand for those
    std::string_view excused_by = none; ///< options with which it reads none
};

constexpr std::size_t never_files = 1000;

constexpr std::array input_readers{
    input_reader{"awk", "vFf", 1, "f"},
    input_reader{"base64", "w"},
    input_reader{"bash", "coO", 0, {}, "c"},
    input_reader{"bc", ""},
    input_reader{"cat", ""},
    input_reader{"cksum", ""},
    input_reader{"column", "tsocNRWCdEH"},
    input_reader{"cut", "bcdf"},
    input_reader{"dash", "co", 0, {}, "c"},
    input_reader{"egrep", "efmABCdD", 1, "ef", "rRV"},
    input_reader{"expand", "t"},
    input_reader{"fgrep", "efmABCdD", 1, "ef", "rRV"},
    input_reader{"fold", "w"},
    input_reader{"gawk", "vFf", 1, "f"},
    input_reader{"grep", "efmABCdD", 1, "ef", "rRV"},
    input_reader{"head", "nc"},
    input_reader{"jq", "fL", 1, "f", "n"},
    input_reader{"mawk", "vFf", 1, "f"},
    input_reader{"md5sum", ""},
    input_reader{"nl", "bdfhilnsvw"},
    input_reader{"od", "AjNtSw"},
    input_reader{"paste", "d"},
    input_reader{"read", "pdntuNa", never_files, {}, "u"},
    input_reader{"rev", ""},
    input_reader{"sed", "efl", 1, "ef"},
    input_reader{"sh", "co", 0, {}, "c"},
    input_reader{"sha256sum", ""},
    input_reader{"sort", "kStTo"},
    input_reader{"tac", "s"},
    input_reader{"tail", "ncs"},
    input_reader{"tee", "", never_files},
    input_reader{"tr", "", never_files},
    input_reader{"uniq", "fsw"},
    input_reader{"wc", ""},
    input_reader{"xargs", "IaEdLnPs", never_files, {}, "a"},
};

bool reads_input(input_reader const& as, arguments const& with) {
    if (!with.known || with.has(as.excused_by) || with.has_long("--help") ||
        with.has_long("--version") || with.has_long("--recursive") ||
        with.has_long("--null-input") || with.has_long("--files0-from") || with.has_long("--arg")) {
        return false;
    }
    bool const in_place = (!as.in_place.empty() && with.has(as.in_place)) ||
                          with.has_long("--regexp") || with.has_long("--file") ||
                          with.has_long("--expression") || with.has_long("--from-file");
    auto const before = in_place ? 0 : std::min(as.before_files, with.operands.size());
    auto const files = std::span(with.operands).subspan(before);
    if (as.before_files == 1 && !in_place && before == 1 &&
        with.operands.front().find("BEGIN") != std::string::npos) {
        return false; // of awk: it may read none
    }
    return files.empty() || std::ranges::find(files, "-") != files.end();
}

std::optional<advice> find_input_advice(program_run const& run) {
    auto const name = run.name();
    auto const* const as = std::ranges::find(input_readers, name, &input_reader::name);
    if (as == input_readers.end() || run.of->has_input || run.by == "xargs" ||
        !reads_input(*as, run.read_arguments(as->with_value))) {
        return std::nullopt;
    }
    std::string const program(name);
    return advice{program + " reads its standard input, and a command has none (/dev/null): there "
                            "is nothing in it",
                  as->before_files == never_files
                      ? "Put what makes its input in front: COMMAND | " + program + " …"
                      : "Name the file that it is to read, or put what makes its input in front: "
                        "COMMAND | " +
                            program + " …"};
}

// --- what never ends, asks for names, wants a terminal
// --------------------------------------------

struct rule {
    std::string_view name;
    std::string_view with_value;
    bool (*broken)(arguments const&);
    std::string_view what; ///< behind the name
    std::string_view hint;
    bool mended_by_time = false; ///< timeout(1) in front of it is an answer
};

constexpr std::string_view endless =
    "never ends by itself: it is stopped when command_timeout is over, each time";
constexpr std::string_view asks_names =
    "looks up a name for each address: it is slow, and hangs until the time is over where the name "
    "server does not answer";
constexpr std::string_view wants_terminal =
    "draws on a terminal, and a command has none: it fails or prints what nobody can read";
constexpr std::string_view password =
    "asks for a password at a terminal, and a command has none: it fails";

bool always(arguments const& /*with*/) {
    return true;
}
bool lacks_count(arguments const& with) {
    return !with.has("cw") && !with.has_long("--count");
}
bool without_n(arguments const& with) {
    return !with.has("n") && !with.has_long("--numeric");
}
/// mysql takes a password that is glued to the option, and asks where there is none.
bool asks_password(arguments const& with) {
    return std::ranges::find(with.short_options, "-p") != with.short_options.end();
}
bool lists_with_names(arguments const& with) {
    return (with.has("Ll") || with.has_long("--list")) && without_n(with);
}
bool delay_alone(arguments const& with) {
    return numbers_in(with) == 1 && is_number(with.operands.back());
}
bool follows(arguments const& with) {
    return (with.has("f") || with.has_long("--follow")) && !with.has_long("--pid") &&
           !with.has_long("--no-follow");
}
bool tail_follows(arguments const& with) {
    return follows(with) || (with.has("F") && !with.has_long("--pid"));
}

/// What has no end is read to its end.
constexpr std::array<std::string_view, 6> readers_of_all{"cat",       "cksum", "md5sum",
                                                         "sha256sum", "tac",   "wc"};
constexpr std::array<std::string_view, 4> endless_files{"/dev/full", "/dev/random", "/dev/urandom",
                                                        "/dev/zero"};

std::optional<advice> find_endless_advice(program_run const& run) {
    auto const name = run.name();
    if (run.limited || run.of->feeds_pipe) {
        return std::nullopt; // `| head` ends it
    }
    bool const reads =
        std::ranges::find(readers_of_all, name) != readers_of_all.end() &&
        std::ranges::any_of(run.words, [](auto const& word) {
            return word.known && std::ranges::find(endless_files, word.text) != endless_files.end();
        });
    if (name != "yes" && !reads) {
        return std::nullopt;
    }
    return advice{std::string(name) + " " + std::string(endless),
                  reads ? "Say how much: head -c 100 FILE." : "Take it out."};
}

constexpr std::array rules{
    rule{"arp", "itfHAv", [](arguments const& with) { return without_n(with) && !with.has("sdf"); },
         asks_names, "Write arp -n."},
    rule{"atop", "", [](arguments const& with) { return with.operands.size() < 2; }, wants_terminal,
         "Write atop 1 1, or top -b -n 1."},
    rule{"btop", "", always, wants_terminal, "Write top -b -n 1 in its place."},
    rule{"chronyc", "hpf",
         [](arguments const& with) {
             return without_n(with) && (any_operand(with, "sources") || any_operand(with, "track"));
         },
         asks_names, "Write chronyc -n …"},
    rule{"crontab", "uli", [](arguments const& with) { return with.has("e"); }, wants_terminal,
         "Write crontab -l to see it."},
    rule{"dd", "",
         [](arguments const& with) {
             return (any_operand(with, "if=/dev/zero") || any_operand(with, "if=/dev/urandom")) &&
                    !any_operand(with, "count=");
         },
         endless, "Say how much: count=10.", true},
    rule{"dmesg", "fln",
         [](arguments const& with) { return with.has("wW") || with.has_long("--follow"); }, endless,
         "Take the -w out.", true},
    rule{"docker", "H",
         [](arguments const& with) {
             return any_operand(with, "stats") && !with.has_long("--no-stream");
         },
         endless, "Write docker stats --no-stream.", true},
    rule{"docker", "H",
         [](arguments const& with) { return any_operand(with, "logs") && follows(with); }, endless,
         "Take the -f out, and write --tail 50.", true},
    rule{"dstat", "CDINTM", [](arguments const& with) { return numbers_in(with) < 2; }, endless,
         "Write dstat … 1 1.", true},
    rule{"emacs", "", always, wants_terminal, "Take it out."},
    rule{"free", "sc", [](arguments const& with) { return with.has("s") && !with.has("c"); },
         endless, "Take the -s out, or add -c 1.", true},
    rule{"htop", "", always, wants_terminal, "Write top -b -n 1 in its place."},
    rule{"iftop", "iFfmostPL", [](arguments const& with) { return !with.has("t"); }, wants_terminal,
         "Write iftop -t -s 2 -n -N."},
    rule{"inotifywait", "te", [](arguments const& with) { return with.has("m"); }, endless,
         "Take the -m out, and give it a time: -t 5.", true},
    rule{"iostat", "jgo", delay_alone, endless, "Say how many times: iostat … 1 2.", true},
    rule{"iotop", "ndpu", [](arguments const& with) { return !with.has("b"); }, wants_terminal,
         "Write iotop -b -n 1."},
    rule{"iotop", "ndpu", [](arguments const& with) { return !with.has("n"); }, endless,
         "Write iotop -b -n 1.", true},
    rule{"ip", "", [](arguments const& with) { return any_operand(with, "monitor"); }, endless,
         "Take the monitor out.", true},
    rule{"ip6tables", "t", lists_with_names, asks_names, "Write ip6tables -n -L."},
    rule{"iptables", "t", lists_with_names, asks_names, "Write iptables -n -L."},
    rule{"ipvsadm", "", lists_with_names, asks_names, "Write ipvsadm -L -n."},
    rule{"journalctl", "nuptgSUDMco", follows, endless, "Write -n 50 in place of -f.", true},
    rule{"kubectl", "nlo",
         [](arguments const& with) {
             return (any_operand(with, "logs") && follows(with)) || with.has("w") ||
                    with.has_long("--watch");
         },
         endless, "Take the -f or -w out.", true},
    rule{"lsof", "pucgdSsrTDfFxoAk",
         [](arguments const& with) {
             return !with.has("n") && !any_operand(with, "/") && !any_operand(with, "+");
         },
         asks_names, "Write lsof -nP -w … (-P: no names of ports either)."},
    rule{"lsof", "pucgdSsTDfFxoAk", [](arguments const& with) { return with.has("r"); }, endless,
         "Take the -r out.", true},
    rule{"mpstat", "IPouN", delay_alone, endless, "Say how many times: mpstat … 1 1.", true},
    rule{"mtr", "cimsfapPBQ", [](arguments const& with) { return !with.has("rCxjl"); },
         wants_terminal, "Write mtr -n -r -c 3 HOST."},
    rule{"mysql", "uhPDe", asks_password, password,
         "Put the password into a file: mysql --defaults-extra-file=FILE …"},
    rule{"mysqladmin", "uhP", asks_password, password,
         "Put the password into a file: mysqladmin --defaults-extra-file=FILE …"},
    rule{"nano", "", always, wants_terminal, "Take it out."},
    rule{"netstat", "",
         [](arguments const& with) {
             return !with.has("nisg") && !with.has_long("--numeric") &&
                    !with.has_long("--interfaces") && !with.has_long("--statistics") &&
                    !with.has_long("--groups");
         },
         asks_names, "Write netstat -n …, or ss -n … in its place."},
    rule{"netstat", "",
         [](arguments const& with) { return with.has("c") || with.has_long("--continuous"); },
         endless, "Take the -c out.", true},
    rule{"nload", "", always, wants_terminal, "Write cat /proc/net/dev in its place."},
    rule{"nmap", "pTSegoA",
         [](arguments const& with) { return !with.has("n") && !any_operand(with, "localhost"); },
         asks_names, "Write nmap -n …"},
    rule{"ntpq", "c", [](arguments const& with) { return with.has("p") && !with.has("n"); },
         asks_names, "Write ntpq -n -p."},
    rule{"pidstat", "CGpTU", delay_alone, endless, "Say how many times: pidstat … 1 1.", true},
    rule{"ping", "cIiMmpQsStTWwlF", lacks_count, endless, "Write ping -c 3 -W 2 HOST.", true},
    rule{"ping4", "cIiMmpQsStTWwlF", lacks_count, endless, "Write ping -4 -c 3 -W 2 HOST.", true},
    rule{"ping6", "cIiMmpQsStTWwlF", lacks_count, endless, "Write ping -6 -c 3 -W 2 HOST.", true},
    rule{"psql", "cdfhpUvLoPRFT", [](arguments const& with) { return with.has("W"); }, password,
         "Put the password into ~/.pgpass of the user, and write psql -w …"},
    rule{"route", "A",
         [](arguments const& with) { return without_n(with) && with.operands.empty(); }, asks_names,
         "Write route -n, or ip route."},
    rule{"sar", "fenijmPsozI", delay_alone, endless, "Say how many times: sar … 1 1.", true},
    rule{"sleep", "", [](arguments const& with) { return any_operand(with, "inf"); }, endless,
         "Take it out.", true},
    rule{"ss", "AfF", [](arguments const& with) { return with.has("r"); }, asks_names,
         "Take the -r out."},
    rule{"tail", "ncs", tail_follows, endless, "Write tail -n 50 FILE.", true},
    rule{"tcpdump", "cirswWCGETyz", [](arguments const& with) { return !with.has("cr"); }, endless,
         "Write tcpdump -nn -c 10 …", true},
    rule{"tcpdump", "cirswWCGETyz", without_n, asks_names, "Write tcpdump -nn …"},
    rule{"top", "dnpuUwoE", [](arguments const& with) { return !with.has("b"); }, wants_terminal,
         "Write top -b -n 1."},
    rule{"top", "dnpuUwoE", [](arguments const& with) { return !with.has("n"); }, endless,
         "Write top -b -n 1.", true},
    rule{"traceroute", "fgimNpqstwz", without_n, asks_names, "Write traceroute -n HOST."},
    rule{"vi", "", always, wants_terminal, "Take it out."},
    rule{"vim", "", always, wants_terminal, "Take it out."},
    rule{"vmstat", "Sp", delay_alone, endless, "Say how many times: vmstat … 1 2.", true},
    rule{"udevadm", "", [](arguments const& with) { return any_operand(with, "monitor"); }, endless,
         "Take it out, or write timeout 5 udevadm …", true},
    rule{"watch", "n", always, endless,
         "Write the command alone: the agent runs it again and again.", true},
};

// --- what only bash does
// --------------------------------------------------------------------------

constexpr std::array<std::string_view, 10> builtins_of_bash{
    "[[", "declare", "dirs", "function", "let", "popd", "pushd", "shopt", "source", "typeset"};

std::optional<advice> find_bash_advice(program_run const& run) {
    auto const name = run.name();
    if (std::ranges::find(builtins_of_bash, name) != builtins_of_bash.end()) {
        return advice{std::string(name) +
                          " is a word of bash, and /bin/sh reads a command: it does "
                          "not know it",
                      name == "source" ? "Write . FILE."
                      : name == "[["   ? "Write [ … ], or bash -c '…'."
                                       : "Write bash -c '…'."};
    }
    if ((name == "[" || name == "test") &&
        std::ranges::any_of(run.words, [](auto const& word) { return word.is("=="); })) {
        return advice{"== is of bash, and /bin/sh reads a command: the comparison fails",
                      "Write = in its place."};
    }
    struct option_of_bash {
        std::string_view name;
        std::string_view letters;
    };
    constexpr std::array<option_of_bash, 6> options{{{"exec", "acl"},
                                                     {"export", "fn"},
                                                     {"local", "aAilnrux"},
                                                     {"printf", "v"},
                                                     {"read", "adeinNpstu"},
                                                     {"type", "aptfP"}}};
    auto const* const known = std::ranges::find(options, name, &option_of_bash::name);
    if (known != options.end()) {
        for (auto const& word : run.words.subspan(1)) {
            if (!word.known || word.text.size() < 2 || word.text.front() != '-') {
                break;
            }
            auto const at = word.text.find_first_of(known->letters, 1);
            if (at != std::string::npos) {
                return advice{std::string(name) + " -" + word.text[at] +
                                  " is of bash: /bin/sh knows no such option, and stops there",
                              "Write it without, or bash -c '…'."};
            }
        }
    }
    if (name == "set" &&
        std::ranges::any_of(run.words, [](auto const& word) { return word.is("pipefail"); })) {
        return advice{"pipefail is of bash: /bin/sh may know no such option, and stops there then",
                      "Take it out, or write bash -c '…'."};
    }
    if (name == "trap" && std::ranges::any_of(run.words, [](auto const& word) {
            return word.is("ERR") || word.is("DEBUG") || word.is("RETURN");
        })) {
        return advice{"trap for ERR, DEBUG or RETURN is of bash: /bin/sh knows no such signal",
                      "Write EXIT, or bash -c '…'."};
    }
    if (name == "[" &&
        std::ranges::any_of(run.words, [](auto const& word) { return word.is("=~"); })) {
        return advice{"=~ is of [[ in bash alone: the comparison fails",
                      "Write echo … | grep -Eq, or case … in."};
    }
    if (name == "echo" && run.words.size() > 1 && run.words[1].is("-e")) {
        return advice{"the echo of /bin/sh knows no -e, and prints it",
                      "Take the -e out, or write printf."};
    }
    return std::nullopt;
}

} // namespace

std::optional<advice> find_advice(program_run const& run, bool sh_is_bash) {
    auto const name = run.name();
    for (auto const& one : rules) {
        if (one.name != name || (one.mended_by_time && run.limited)) {
            continue;
        }
        auto const with = run.read_arguments(one.with_value);
        if (with.known && !with.has_long("--help") && !with.has_long("--version") &&
            one.broken(with)) {
            return advice{std::string(name) + " " + std::string(one.what), std::string(one.hint)};
        }
    }
    auto found = find_endless_advice(run);
    if (!found) {
        found = find_input_advice(run);
    }
    if (!found && !sh_is_bash && run.by.empty()) {
        found = find_bash_advice(run);
    }
    return found;
}

} // namespace trafikito::config
