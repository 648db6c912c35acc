#include "agent/diagnosis/step.hpp"

#include <algorithm>

namespace trafikito::agent::diagnosis {

std::string_view name_of(verdict value) {
    switch (value) {
    case verdict::ok:
        return "ok";
    case verdict::note:
        return "note";
    case verdict::wrong:
        return "wrong";
    case verdict::unseen:
        return "unseen";
    case verdict::skipped:
        return "skipped";
    }
    return "unseen";
}

void step::at_least(verdict other) {
    if (is == verdict::ok || (other == verdict::wrong && is != verdict::wrong)) {
        is = other;
    }
}

std::optional<cause> root_cause(std::vector<step> const& steps) {
    cause const* root = nullptr;
    for (auto const& step : steps) {
        for (auto const& one : step.causes) {
            if (root == nullptr || one.rank < root->rank) {
                root = &one;
            }
        }
    }
    return root == nullptr ? std::nullopt : std::optional(*root);
}

std::string in_one_sentence(cause const& of) {
    auto text = of.sentence;
    text += of.advice.empty() ? "" : "; " + of.advice;
    bool const asks = text.ends_with('?');
    text += of.command.empty() ? "" : (asks ? " Mend it: " : "; mend it: ") + of.command;
    return text;
}

} // namespace trafikito::agent::diagnosis
