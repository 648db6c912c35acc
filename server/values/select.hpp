#pragma once
// One rule on one output: the numbers that it finds there, in the unit that it keeps them in. What
// is read once for all rules of an output (its JSON) stays here. take.hpp and the command line's
// --try use it.

#include "server/values/json_values.hpp"
#include "server/values/rule.hpp"
#include "server/values/taken_value.hpp"

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace trafikito::server::values {

using selected = json_number;

class selection {
public:
    /// `output` must outlive it; of more than max_output the beginning is looked at.
    explicit selection(std::string_view output) : output_(output.substr(0, max_output)) {}

    /// At most `most`. None for formulas and whole outputs.
    [[nodiscard]] std::vector<selected> find(rule const& what, std::size_t most);

    /// The output's JSON, read when it is asked for.
    [[nodiscard]] json_document const& json();

private:
    std::string_view output_;
    std::unique_ptr<json_document> json_;
};

} // namespace trafikito::server::values
