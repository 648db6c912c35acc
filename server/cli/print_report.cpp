#include "server/cli/print_report.hpp"

#include "base/printable.hpp"
#include "base/time_text.hpp"
#include "base/utf8.hpp"
#include "server/cli/command_results.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <openssl/evp.h>

#include <algorithm>
#include <iterator>
#include <ostream>

namespace trafikito::server::cli {

namespace {

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

void print_text(std::ostream& out, store::report_row const& report, report_content const& content,
                print_settings const& settings) {
    auto const begin = "==> " + base::local_time(report.data_time()) + "  " +
                       base::for_line(report.server_name, 200) + "  ";
    auto const end = lateness(report) + " <==\n";
    if (content.outputs.empty()) {
        out << begin << "(a report without outputs)" << end << '\n';
    }
    command_results ended(content.results);
    for (auto const& each : content.outputs) {
        auto const [bytes, left_out] = first_lines(each.bytes, settings.head);
        out << begin << base::for_line(each.command, 200) << end;
        if (auto const line = ended.next_of(each.command); !line.empty()) {
            out << '[' << line << "]\n";
        }
        settings.safe ? out << base::for_terminal(bytes) : out << bytes;
        out << (bytes.empty() || bytes.back() == '\n' ? "" : "\n");
        if (left_out != 0) {
            out << "[" << left_out << (left_out == 1 ? " more line]\n" : " more lines]\n");
        }
        out << '\n';
    }
}

boost::json::value json_results(report_content const& content, print_settings const& settings) {
    auto list = parse_results(content.results);
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
    settings.json ? print_json(out, report, chosen, settings)
                  : print_text(out, report, chosen, settings);
}

} // namespace trafikito::server::cli
