#pragma once
// Collects the diagnostics of one file while it is parsed, and no more than max_diagnostics of
// them: a file of garbage must not become a report of garbage. The parsers of config/ use it.

#include "config/diagnostic.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::config {

class diagnostic_sink {
public:
    explicit diagnostic_sink(std::string_view file) : file_(file) {}

    void error(std::size_t line, std::size_t column, std::string what, std::string hint = {});
    void warning(std::size_t line, std::size_t column, std::string what, std::string hint = {});

    /// Whether further ones are only counted: their words need not be made with care.
    [[nodiscard]] bool full() const { return kept_.size() >= max_diagnostics; }

    /// What was collected; where some were left out a last one says how many. An error that was
    /// left out is still counted as an error.
    [[nodiscard]] std::vector<diagnostic> take() &&;

private:
    void add(diagnostic one);

    std::string file_;
    std::vector<diagnostic> kept_;
    std::size_t left_out_ = 0;
    bool left_out_error_ = false;
};

} // namespace trafikito::config
