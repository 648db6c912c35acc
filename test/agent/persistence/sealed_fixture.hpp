#pragma once
// A spool, the file that its reports are gathered and sealed in, and what the next agent finds
// there.

#include "agent/persistence/report_file.hpp"
#include "agent/persistence/report_spool.hpp"
#include "agent/persistence/sealed_report.hpp"
#include "base/descriptor.hpp"
#include "test/agent/fake_api.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/stat.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace trafikito::test {

struct sealed_fixture {
    /// A report of that text is sealed, as a cycle does before it sends it.
    std::string keep(agent::persistence::report_spool& spool, std::string const& text) {
        agent::persistence::report_file report(tmp_file);
        report.append(text);
        return spool.keep(report, facts_of(text), number);
    }

    static agent::persistence::report_metadata facts_of(std::string const& text) {
        return {"id of " + text.substr(0, 10),
                "a token",
                {std::chrono::seconds(1), std::chrono::seconds(1), "a boot"},
                std::chrono::seconds(3),
                "[]"};
    }

    /// What the next agent finds.
    std::vector<std::string> next_agent_finds() {
        agent::persistence::report_spool next(directory);
        next.belongs_to(identity);
        next.adopt(tmp_file);
        damage = next.damage();
        std::vector<std::string> texts;
        while (auto const one = next.oldest({})) {
            texts.push_back(text_of(one->content));
            BOOST_TEST(next.accepted(one->number) == "");
        }
        return texts;
    }

    void put(std::string const& bytes) {
        (void)here.write("trafikito.tmp", bytes);
        std::filesystem::permissions(tmp_file, std::filesystem::perms(0600));
    }

    [[nodiscard]] bool sealed() const {
        base::descriptor const file(::open(tmp_file.c_str(), O_RDONLY));
        return agent::persistence::read_trailer(file.get()).has_value();
    }
    [[nodiscard]] ino_t inode() const {
        struct stat status{};
        return ::lstat(tmp_file.c_str(), &status) == 0 ? status.st_ino : 0;
    }

    temporary_directory here;
    std::filesystem::path directory = here.path() / "spool";
    std::filesystem::path tmp_file = here.path() / "trafikito.tmp";
    std::string identity = "0123";
    std::uint64_t number = 0;
    std::string damage;
};

} // namespace trafikito::test
