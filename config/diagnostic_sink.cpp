#include "config/diagnostic_sink.hpp"

#include <utility>

namespace trafikito::config {

void diagnostic_sink::error(std::size_t line, std::size_t column, std::string what,
                            std::string hint) {
    add({diagnostic::severity::error, file_, line, column, std::move(what), std::move(hint)});
}

void diagnostic_sink::warning(std::size_t line, std::size_t column, std::string what,
                              std::string hint) {
    add({diagnostic::severity::warning, file_, line, column, std::move(what), std::move(hint)});
}

void diagnostic_sink::add(diagnostic one) {
    if (!full()) {
        kept_.push_back(std::move(one));
        return;
    }
    ++left_out_;
    left_out_error_ = left_out_error_ || one.level == diagnostic::severity::error;
}

std::vector<diagnostic> diagnostic_sink::take() && {
    if (left_out_ != 0) {
        kept_.push_back(
            {left_out_error_ ? diagnostic::severity::error : diagnostic::severity::warning, file_,
             0, 0, std::to_string(left_out_) + " more problems are not shown",
             "Mend those above first; is this the right file?"});
    }
    return std::move(kept_);
}

} // namespace trafikito::config
