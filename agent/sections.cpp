#include "agent/sections.hpp"

#include "agent/words.hpp"

namespace trafikito::agent {

using ending = exec::result::ending;

sections::sections(net::report_writer& writer, std::vector<std::string> names) : writer_(writer) {
    entries_.reserve(names.size());
    for (auto& name : names) {
        entries_.push_back({std::move(name), {}, {}});
    }
}

void sections::refuse(std::size_t index, std::string reason) {
    entries_[index].refusal = std::move(reason);
    ++counts_.not_run;
    write_ready();
}

void sections::finish(std::size_t index, exec::result&& ended) {
    count(ended);
    entries_[index].ended = std::move(ended);
    write_ready();
}

void sections::count(exec::result const& ended) {
    if (ended.end == ending::not_started) {
        ++counts_.not_run;
        return;
    }
    ++counts_.commands;
    if (ended.stopped) {
        ++counts_.stopped;
    } else if (ended.end != ending::exited || ended.code != 0) {
        ++counts_.failed;
    }
}

void sections::write_ready() {
    for (; !complete(); ++next_) {
        auto& due = entries_[next_];
        if (!due.ended && due.refusal.empty()) {
            return;
        }
        write(due);
        due.ended.reset(); // what it printed is no longer needed in memory
    }
}

void sections::write(entry const& ready) {
    writer_.open_section(ready.name);
    if (ready.ended) {
        write_result(writer_, *ready.ended);
    } else {
        writer_.note("not run: " + ready.refusal);
    }
}

void write_result(net::report_writer& writer, exec::result const& ended) {
    if (ended.end == ending::not_started) {
        writer.note("not started: " + ended.reason);
        return;
    }
    writer.output(ended.output.head());
    if (ended.output.cut()) {
        writer.note(std::to_string(ended.output.bytes_kept()) + " bytes kept of " +
                    std::to_string(ended.output.bytes_seen()));
        writer.output(ended.output.tail());
    }
    if (ended.stopped) {
        writer.note("stopped after " + in_seconds(ended.wall));
    }
    if (ended.end == ending::abandoned) {
        writer.note("could not be killed; it still runs");
    }
}

} // namespace trafikito::agent
