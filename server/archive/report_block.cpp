#include "server/archive/report_block.hpp"

#include "server/archive/compression.hpp"
#include "server/archive/number_text.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace trafikito::server::archive {

namespace {

// A block: the form, the number of frames, of each its name, its size and its size when packed;
// then the frames. The first two are of no command: the heads, and the results.
constexpr char form = 1;
constexpr std::size_t frame_of_heads = 0;
constexpr std::size_t frame_of_results = 1;
constexpr std::size_t first_command = 2;
constexpr std::size_t max_unpacked = 64UL * 1024 * 1024; ///< of one frame

constexpr std::uint64_t has_collected = 1;
constexpr std::uint64_t has_took = 2;
constexpr std::uint64_t is_whole = 4;

constexpr std::size_t max_frames = first_command + max_packed_commands + max_packed_outputs;

void write_head(writer& to, report_head const& head, report_head const& before, bool whole) {
    to.difference(head.number - before.number);
    to.difference(head.received - before.received);
    to.difference(head.place - head.received);
    to.difference(head.kept_since - head.received);
    to.number((head.collected ? has_collected : 0U) + (head.took ? has_took : 0U) +
              (whole ? is_whole : 0U));
    if (head.collected) {
        to.difference(head.received - *head.collected);
    }
    if (head.took) {
        to.difference(*head.took);
    }
    to.text(head.token);
    to.text(head.report_id);
    to.difference(head.bytes);
}

// A damaged difference is no overflow.
std::int64_t later(std::int64_t time, std::int64_t by) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(time) +
                                     static_cast<std::uint64_t>(by));
}

std::int64_t earlier(std::int64_t time, std::int64_t by) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(time) -
                                     static_cast<std::uint64_t>(by));
}

report_head read_head(reader& from, report_head const& before, bool& whole) {
    report_head head;
    head.number = later(before.number, from.difference());
    head.received = later(before.received, from.difference());
    head.place = later(head.received, from.difference());
    head.kept_since = later(head.received, from.difference());
    auto const what = from.number();
    whole = (what & is_whole) != 0;
    if ((what & has_collected) != 0) {
        head.collected = earlier(head.received, from.difference());
    }
    if ((what & has_took) != 0) {
        head.took = from.difference();
    }
    head.token = from.text();
    head.report_id = from.text();
    head.bytes = from.difference();
    return head;
}

} // namespace

struct block_writer::content {
    struct command {
        std::string name;
        writer sizes;
        std::string bytes;
        std::uint64_t outputs = 0;
    };

    /// Where the `times`-th output of that name in one report goes.
    std::size_t command_of(std::string_view name, std::size_t times) {
        auto& all = by_name[std::string(name)];
        if (all.size() == times) {
            all.push_back(commands.size());
            commands.emplace_back().name = name;
        }
        return all[times];
    }

    compressor zstd;
    writer heads;
    writer results;
    std::vector<command> commands;
    std::map<std::string, std::vector<std::size_t>, std::less<>> by_name;
    report_head last;
    std::uint64_t reports = 0;
    std::size_t bytes = 0;
};

block_writer::block_writer() : content_(std::make_unique<content>()) {}

block_writer::~block_writer() = default;

bool block_writer::add(report_head const& head, std::string_view body) {
    auto& to = *content_;
    if (to.reports == max_packed_reports ||
        (to.reports != 0 &&
         (to.bytes + body.size() > max_packed || to.commands.size() > max_packed_commands))) {
        return false;
    }
    auto read = read_body(body);
    bool const whole = read.outputs.size() > max_packed_outputs;
    if (whole) {
        read = {.outputs = {{"", body}}, .results = ""};
    }
    write_head(to.heads, head, to.last, whole);
    to.heads.number(read.outputs.size());
    std::map<std::string_view, std::size_t> times;
    for (auto const& one : read.outputs) {
        auto const place = to.command_of(one.command, times[one.command]++);
        auto& command = to.commands[place];
        to.heads.number(place);
        command.sizes.number(one.bytes.size());
        command.bytes += one.bytes;
        ++command.outputs;
    }
    to.results.text(read.results);
    to.last = head;
    ++to.reports;
    to.bytes += body.size();
    return true;
}

std::string block_writer::finish() {
    auto& from = *content_;
    writer directory;
    std::string frames;
    auto const add_frame = [&](std::string_view name, std::string const& text) {
        auto const packed = from.zstd.compress(text);
        directory.text(name);
        directory.number(text.size());
        directory.number(packed.size());
        frames += packed;
    };
    directory.bytes({&form, 1});
    directory.number(from.commands.size() + first_command);
    writer heads;
    heads.number(from.reports);
    heads.bytes(from.heads.so_far());
    add_frame("", heads.so_far());
    add_frame("", from.results.so_far());
    for (auto const& command : from.commands) {
        writer text;
        text.number(command.outputs);
        text.bytes(command.sizes.so_far());
        text.bytes(command.bytes);
        add_frame(command.name, text.so_far());
    }
    content_ = std::make_unique<content>();
    return directory.take() + frames;
}

namespace {

/// What a command's frame holds, taken apart.
std::vector<std::string_view> outputs_in(std::string_view text) {
    reader from(text);
    auto const count = from.count();
    if (count > max_packed_reports * max_packed_outputs) {
        throw unreadable("a frame holds too many outputs");
    }
    std::vector<std::uint64_t> sizes(count);
    for (auto& size : sizes) {
        size = from.number();
    }
    std::vector<std::string_view> all;
    all.reserve(sizes.size());
    for (auto const size : sizes) {
        all.push_back(from.bytes(size));
    }
    from.end();
    return all;
}

} // namespace

block_reader::block_reader(std::string_view block) {
    reader from(block);
    if (from.bytes(1).front() != form) {
        throw unreadable("it has a form that this program does not know");
    }
    auto const count = from.count();
    if (count < first_command || count > max_frames) {
        throw unreadable("it has too few frames, or too many");
    }
    std::vector<std::uint64_t> packed(count);
    for (auto& size : packed) {
        auto& one = frames_.emplace_back();
        one.name = from.text();
        auto const unpacked = from.number();
        if (unpacked > max_unpacked) {
            throw unreadable("a frame is too large");
        }
        one.size = static_cast<std::size_t>(unpacked);
        size = from.number();
    }
    for (std::size_t at = 0; at < packed.size(); ++at) {
        frames_[at].packed = from.bytes(packed[at]);
    }
    from.end();
    read_heads();
}

void block_reader::read_heads() {
    auto const text = unpacked(frame_of_heads);
    reader from(text);
    report_head last;
    auto const count = from.count();
    if (count > max_packed_reports) {
        throw unreadable("it has too many reports");
    }
    for (auto left = count; left != 0; --left) {
        bool whole = false;
        last = heads_.emplace_back(read_head(from, last, whole));
        whole_.push_back(whole);
        auto const of_report = from.count();
        if (of_report > max_packed_outputs || (whole && of_report != 1)) {
            throw unreadable("a report has too many outputs");
        }
        auto& outputs = outputs_.emplace_back(of_report);
        for (auto& frame : outputs) {
            auto const place = from.number();
            if (place >= frames_.size() - first_command) {
                throw unreadable("a report names a frame that is not there");
            }
            frame = static_cast<std::size_t>(place) + first_command;
        }
    }
    from.end();
}

std::string block_reader::unpacked(std::size_t frame) const {
    return decompress(frames_.at(frame).packed, frames_.at(frame).size);
}

namespace {

/// How many outputs of that frame the reports before hold.
std::size_t place_in(std::vector<std::vector<std::size_t>> const& outputs, std::size_t report,
                     std::size_t frame) {
    std::size_t before = 0;
    for (std::size_t at = 0; at < report; ++at) {
        before += static_cast<std::size_t>(std::ranges::count(outputs[at], frame));
    }
    return before;
}

std::string_view output_at(std::vector<std::string_view> const& all, std::size_t place) {
    if (place >= all.size()) {
        throw unreadable("a frame holds fewer outputs than the reports");
    }
    return all[place];
}

} // namespace

std::string block_reader::whole_body(std::size_t report) const {
    auto const frame = outputs_.at(report).front();
    auto const text = unpacked(frame);
    return std::string(output_at(outputs_in(text), place_in(outputs_, report, frame)));
}

std::vector<block_reader::output> block_reader::outputs(std::size_t report) const {
    std::vector<output> all;
    if (whole_.at(report)) {
        auto const body = whole_body(report);
        for (auto const& one : read_body(body).outputs) {
            all.push_back({std::string(one.command), std::string(one.bytes)});
        }
        return all;
    }
    for (auto const frame : outputs_.at(report)) {
        auto const text = unpacked(frame);
        auto const bytes = output_at(outputs_in(text), place_in(outputs_, report, frame));
        all.push_back({frames_[frame].name, std::string(bytes)});
    }
    return all;
}

std::string block_reader::results(std::size_t report) const {
    if (whole_.at(report)) {
        auto const body = whole_body(report);
        return std::string(read_body(body).results);
    }
    auto const text = unpacked(frame_of_results);
    reader from(text);
    for (std::size_t before = 0; before < report; ++before) {
        from.text();
    }
    return std::string(from.text());
}

std::vector<block_reader::dated_output> block_reader::outputs_of(std::string_view command) const {
    std::vector<dated_output> all;
    for (std::size_t frame = first_command; frame < frames_.size(); ++frame) {
        if (frames_[frame].name != command || command.empty()) {
            continue;
        }
        auto const text = unpacked(frame);
        auto const outputs = outputs_in(text);
        std::size_t place = 0;
        for (std::size_t report = 0; report < outputs_.size(); ++report) {
            for (auto times = std::ranges::count(outputs_[report], frame); times > 0; --times) {
                all.push_back({report, std::string(output_at(outputs, place++))});
            }
        }
    }
    for (std::size_t report = 0; report < whole_.size(); ++report) {
        if (!whole_[report]) {
            continue;
        }
        for (auto& one : outputs(report)) {
            if (one.command == command) {
                all.push_back({report, std::move(one.bytes)});
            }
        }
    }
    return all;
}

void block_reader::check() const {
    for (std::size_t frame = first_command; frame < frames_.size(); ++frame) {
        auto const text = unpacked(frame);
        if (outputs_in(text).size() != place_in(outputs_, outputs_.size(), frame)) {
            throw unreadable("a frame holds another number of outputs than the reports");
        }
    }
    auto const text = unpacked(frame_of_results);
    reader from(text);
    for (std::size_t report = 0; report < heads_.size(); ++report) {
        from.text();
        if (whole_[report]) {
            (void)outputs(report);
        }
    }
    from.end();
}

} // namespace trafikito::server::archive
