#include "server/database/connection.hpp"

#include <utility>

namespace trafikito::server::database {

statement& statement::bind(parameter value) {
    values_.push_back(std::move(value));
    return *this;
}

statement& statement::number(std::int64_t value) {
    return bind({.what = parameter::kind::number, .number = value, .text = {}, .bytes = {}});
}

statement& statement::text(std::string_view value) {
    return bind({.what = parameter::kind::text, .text = std::string(value), .bytes = {}});
}

statement& statement::blob(std::string_view value) {
    return bind({.what = parameter::kind::bytes, .text = {}, .bytes = value});
}

statement& statement::null() {
    return bind({});
}

bool statement::step() {
    if (!rows_) {
        rows_ = database_->begin(sql_, values_);
    }
    return rows_->step();
}

std::int64_t statement::run() {
    while (step()) {
    }
    return rows_->changes();
}

void statement::send() {
    rows_ = database_->send(sql_, values_);
}

transaction::transaction(connection& database, holding how) : database_(&database) {
    database_->begin_transaction(how);
}

transaction::~transaction() {
    if (database_ != nullptr) {
        database_->roll_back();
    }
}

// After an error, too, it is over: what the engine has not undone by itself, it undoes.
void transaction::commit() {
    database_->commit();
    database_ = nullptr;
}

} // namespace trafikito::server::database
