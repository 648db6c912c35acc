#include "server/cli/print_report.hpp"

#include "base/printable.hpp"
#include "base/time_text.hpp"
#include "base/units.hpp"
#include "base/utf8.hpp"
#include "server/api/command_results.hpp"
#include "server/cli/screen.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <openssl/evp.h>

#include <algorithm>
#include <iterator>
#include <ostream>

namespace trafikito::server::cli {

namespace {

// Before each line of an output; and before what a screen has no room for in that line.
constexpr char const* bar = "| ";
constexpr char const* further_bar = "|   ";

struct excerpt {
    std::string_view bytes;
    std::size_t lines_left_out = 0;
};

excerpt first_lines(std::string_view bytes, std::optional<std::size_t> count) {
    if (!count) {
        return {bytes, 0};
    }
    std::size_t end = 0;
    for (std::size_t line = 0; line < *count && end < bytes.size(); ++line) {
        end = std::min(bytes.find('\n', end), bytes.size() - 1) + 1;
    }
    auto const rest = bytes.substr(end);
    auto const newlines = static_cast<std::size_t>(std::count(rest.begin(), rest.end(), '\n'));
    return {bytes.substr(0, end), newlines + (!rest.empty() && rest.back() != '\n' ? 1 : 0)};
}

std::string base64(std::string_view bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    auto const size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                      reinterpret_cast<unsigned char const*>(bytes.data()),
                                      static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

// Names are the agents' word too: one that is no UTF-8 is shown escaped.
std::string json_name(std::string const& name) {
    return base::is_utf8(name) ? name : base::for_line(name, 200);
}

std::string lateness(store::report_row const& report) {
    auto const before =
        std::chrono::floor<std::chrono::seconds>(report.received - report.data_time());
    return before.count() < 1 ? "" : "  collected " + base::in_words(before) + " before it arrived";
}

void print_output(std::ostream& out, std::string_view bytes, std::optional<std::size_t> width) {
    while (!bytes.empty()) {
        auto const end = std::min(bytes.find('\n'), bytes.size());
        print_folded(out, bar + base::for_terminal(bytes.substr(0, end)), further_bar, width);
        bytes.remove_prefix(std::min(end + 1, bytes.size()));
    }
}

void print_text(std::ostream& out, store::report_row const& report, report_content const& content,
                print_settings const& settings) {
    auto const print = [&](std::string const& line) {
        print_folded(out, line, "    ", settings.width);
    };
    auto const begin =
        "==> " + base::local_time(report.data_time()) + "  " + cell(report.server_name, 200) + "  ";
    auto const end = lateness(report) + " <==";
    if (content.outputs.empty()) {
        print(begin + "(a report without outputs)" + end);
        out << '\n';
    }
    api::command_results ended(content.results);
    for (auto const& each : content.outputs) {
        auto const run = ended.next_of(each.command);
        auto const [bytes, left_out] = first_lines(run.without_notes(each.bytes), settings.head);
        auto heading = begin;
        heading += cell(each.command, 200);
        heading += end;
        print(heading);
        if (!run.words.empty()) {
            print('[' + run.words + ']');
        }
        print_output(out, bytes, settings.width);
        if (left_out != 0) {
            print('[' + base::count_of(left_out, "more line") + ']');
        }
        out << '\n';
    }
}

void print_raw(std::ostream& out, report_content const& content, print_settings const& settings) {
    for (auto const& each : content.outputs) {
        out << first_lines(each.bytes, settings.head).bytes;
    }
}

boost::json::value json_results(report_content const& content, print_settings const& settings) {
    auto list = api::parse_results(content.results);
    if (!list) {
        return nullptr;
    }
    if (settings.command) {
        boost::json::array chosen;
        std::ranges::copy_if(*list, std::back_inserter(chosen), [&](auto const& each) {
            auto const* const one = each.if_object();
            auto const* const name = one == nullptr ? nullptr : one->if_contains("command");
            return name != nullptr && name->is_string() && name->get_string() == *settings.command;
        });
        return chosen;
    }
    return std::move(*list);
}

void print_json(std::ostream& out, store::report_row const& report, report_content const& content,
                print_settings const& settings) {
    boost::json::array list;
    for (auto const& each : content.outputs) {
        auto const bytes = first_lines(each.bytes, settings.head).bytes;
        boost::json::object object;
        object["command"] = json_name(each.command);
        if (base::is_utf8(bytes)) {
            object["output"] = boost::json::string_view(bytes.data(), bytes.size());
        } else {
            object["outputBase64"] = base64(bytes);
        }
        list.push_back(std::move(object));
    }
    boost::json::object object;
    object["report"] = report.id;
    object["time"] = base::utc_time(report.received);
    object["collected_at"] = nullptr;
    if (report.collected) {
        object["collected_at"] = base::utc_time(*report.collected);
    }
    object["report_id"] = nullptr;
    if (!report.report_id.empty()) {
        object["report_id"] = report.report_id;
    }
    object["serverId"] = json_name(report.server_id);
    object["server"] = json_name(report.server_name);
    object["outputs"] = std::move(list);
    object["results"] = json_results(content, settings);
    out << base::for_json(boost::json::serialize(object)) << '\n';
}

} // namespace

void print_report(std::ostream& out, store::report_row const& report, report_content const& content,
                  print_settings const& settings) {
    auto chosen = content;
    if (settings.command) {
        std::erase_if(chosen.outputs,
                      [&](auto const& each) { return each.command != *settings.command; });
        if (chosen.outputs.empty()) {
            return;
        }
    }
    if (settings.raw) {
        print_raw(out, chosen, settings);
    } else {
        settings.json ? print_json(out, report, chosen, settings)
                      : print_text(out, report, chosen, settings);
    }
}

} // namespace trafikito::server::cli
