#include "config/files_of_command.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace trafikito::config {
namespace {

constexpr std::string_view none;

struct file_reader {
    std::string_view name;
    std::string_view with_value;      ///< letters of its options that take a word
    std::size_t before_files = 0;     ///< operands in front of those that are files
    std::string_view in_place = none; ///< options that stand for those
};

constexpr std::array readers{
    file_reader{".", ""},
    file_reader{"awk", "vFf", 1, "f"},
    file_reader{"base64", "w"},
    file_reader{"cat", ""},
    file_reader{"cksum", ""},
    file_reader{"cut", "bcdf"},
    file_reader{"df", "Btx"},
    file_reader{"diff", "UCIxXSF"},
    file_reader{"du", "BdtXx"},
    file_reader{"egrep", "efmABCdD", 1, "ef"},
    file_reader{"fgrep", "efmABCdD", 1, "ef"},
    file_reader{"file", "mfFeP"},
    file_reader{"gawk", "vFf", 1, "f"},
    file_reader{"grep", "efmABCdD", 1, "ef"},
    file_reader{"head", "nc"},
    file_reader{"jq", "fL", 1, "f"},
    file_reader{"ls", "ITw"},
    file_reader{"mawk", "vFf", 1, "f"},
    file_reader{"md5sum", ""},
    file_reader{"nl", "bdfhilnsvw"},
    file_reader{"od", "AjNtSw"},
    file_reader{"sed", "efl", 1, "ef"},
    file_reader{"sha256sum", ""},
    file_reader{"sort", "kStTo"},
    file_reader{"stat", "cf"},
    file_reader{"strings", "nte"},
    file_reader{"tac", "s"},
    file_reader{"tail", "ncs"},
    file_reader{"uniq", "fsw"},
    file_reader{"wc", ""},
    file_reader{"zcat", ""},
    file_reader{"zgrep", "efmABC", 1, "ef"},
};

/// Options after which the words are no files, or others that are not known here.
bool is_beyond(std::string_view option) {
    constexpr std::array<std::string_view, 13> others{
        "--args",  "--arg",    "--argjson",   "--slurpfile", "--exclude", "--include",  "--files0",
        "--label", "--target", "--from-file", "--file",      "--rawfile", "--reference"};
    return std::ranges::any_of(others, [&](auto one) { return option.starts_with(one); });
}

} // namespace

std::vector<command_word const*> files_read_by(program_run const& run) {
    auto const* const as = std::ranges::find(readers, run.name(), &file_reader::name);
    std::vector<command_word const*> found;
    if (as == readers.end() || run.by == "xargs") {
        return found;
    }
    auto const with = run.read_arguments(as->with_value);
    if (!with.known || with.has_long("--help") || with.has_long("--version") ||
        std::ranges::any_of(with.long_options, is_beyond)) {
        return found; // an option may come of what only a shell knows
    }
    auto before = !as->in_place.empty() && (with.has(as->in_place) || with.has_long("--regexp") ||
                                            with.has_long("--expression"))
                      ? 0
                      : as->before_files;
    bool options = true;
    bool const awk = as->name.ends_with("awk");
    for (std::size_t at = 1; at < run.words.size(); ++at) {
        auto const& word = run.words[at];
        std::string_view const text = word.text;
        if (options && text == "--") {
            options = false;
        } else if (options && text.size() > 1 && text.front() == '-') {
            auto const taking = text.starts_with("--") || as->with_value.empty()
                                    ? std::string_view::npos
                                    : text.find_first_of(as->with_value, 1);
            at += taking != std::string_view::npos && taking + 1 == text.size() ? 1 : 0;
        } else if (before != 0) {
            --before;
        } else if (!text.empty() && text != "-" && !text.starts_with('+') &&
                   (!awk || text.find('=') == std::string_view::npos)) {
            found.push_back(&word);
        }
    }
    return found;
}

} // namespace trafikito::config
