#pragma once
// What the machines of the load send: orders and reports as our agent writes them, with what the
// default commands print on this machine, another time in each report. Made beforehand, so that a
// request costs a copy.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::test::bench {

/// The machines are numbered from 0; their ids and keys are all of one length.
std::string load_id(std::size_t machine);
std::string load_key(std::size_t machine);

/// The same UUID for the same number.
std::string load_uuid(std::uint64_t number);

class report_texts {
public:
    /// Runs the default commands so often.
    explicit report_texts(std::size_t variants);

    /// Whole requests, with their heads.
    [[nodiscard]] std::string order(std::size_t machine) const;
    [[nodiscard]] std::string report(std::size_t machine, std::size_t variant,
                                     std::uint64_t number) const;

    [[nodiscard]] std::size_t variants() const { return reports_.size(); }
    /// The bytes that such a report holds: outputs and results, without form and head.
    [[nodiscard]] std::size_t size_of(std::size_t variant) const;
    /// What stands in the part `output`.
    [[nodiscard]] std::string_view output_of(std::size_t variant) const;
    /// The list that a machine shows.
    [[nodiscard]] std::string const& available() const { return available_; }

private:
    struct one {
        std::string output;
        std::string results;
    };
    std::string available_;
    std::string boundary_;
    std::string boot_;
    std::vector<one> reports_;
};

} // namespace trafikito::test::bench
