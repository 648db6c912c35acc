#include "server/cli/command_line.hpp"

#include "base/version.hpp"
#include "config/manual_page.hpp"
#include "config/usage_error.hpp"
#include "server/cli/check_options.hpp"
#include "server/cli/data_option.hpp"
#include "server/cli/enrolment_options.hpp"
#include "server/cli/help.hpp"
#include "server/cli/option_values.hpp"
#include "server/cli/people_options.hpp"
#include "server/cli/serve_options.hpp"
#include "server/cli/transfer_options.hpp"
#include "server/cli/values_options.hpp"
#include "server/cli/why_options.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <utility>

namespace trafikito::server::cli {

namespace {

/// Takes `-df` out of the words of `order`: for CLI11 that would be four options, for us it takes a
/// command away. Options have two hyphens, but for -h, and the word behind some is their value.
std::vector<std::string> take_removals(std::vector<std::string>& words) {
    std::vector<std::string> removals;
    if (words.empty() || words.front() != "order") {
        return removals;
    }
    std::vector<std::string> rest;
    bool value = false;
    bool options_end = false;
    for (auto const& word : words) {
        bool const name = !value && !options_end && word.size() > 1 && word[0] == '-' &&
                          word != "-h" && check_command(word.substr(1)).empty();
        (name ? removals : rest).push_back(name ? word.substr(1) : word);
        options_end = options_end || (!value && word == "--");
        value = !value && (word == "--data" || word == "--database" || word == "--delay");
    }
    words = std::move(rest);
    return removals;
}

void add_once(std::string const& name, std::vector<std::string>& to) {
    if (auto full = with_prefix(name); std::ranges::find(to, full) == to.end()) {
        to.push_back(std::move(full));
    }
}

// The options of all subcommands, as CLI11 fills them in, and how they become what commands.hpp
// wants.
struct reader {
    reader();

    command_line read(std::vector<std::string> arguments);
    [[nodiscard]] CLI::App const& app() const { return app_; }

private:
    static CLI::App* add(CLI::App& parent, char const* name, char const* what, data_place& data);
    void add_servers();
    void add_outputs();
    void add_order();
    void add_clock();
    void add_changes(CLI::App& servers);
    template <typename Options>
    Options below_servers(Options options) const;
    command_line chosen();
    command_line chosen_order();

    CLI::App app_{"Takes the reports of Trafikito agents over HTTPS, and keeps them",
                  "trafikito-server"};
    CLI::App* servers_command_ = nullptr;
    CLI::App* add_command_ = nullptr;
    CLI::App* remove_command_ = nullptr;
    CLI::App* rename_command_ = nullptr;
    CLI::App* new_key_command_ = nullptr;
    CLI::App* outputs_command_ = nullptr;
    CLI::App* order_command_ = nullptr;
    CLI::App* clock_command_ = nullptr;

    serve_reader serve_;
    enrolment_reader enrolment_;
    people_reader people_;
    check_reader check_;
    why_reader why_;
    values_reader values_;
    transfer_reader transfer_;
    servers_options servers_;
    add_server_options add_;
    remove_server_options remove_;
    rename_server_options rename_;
    new_key_options new_key_;
    outputs_options outputs_;
    order_options order_;
    clock_options clock_;
    std::string delay_;
    std::vector<std::string> removals_;
};

reader::reader() {
    app_.require_subcommand(1);
    app_.set_help_flag("-h,--help", "Print this, or what the command before it takes");
    app_.set_version_flag("-V,--version", base::version_text("trafikito-server"),
                          "Print the version");
    serve_.add_to(app_);
    enrolment_.add_to(app_);
    people_.add_to(app_);
    why_.add_to(app_);
    check_.add_to(app_);
    add_servers();
    add_outputs();
    add_order();
    values_.add_to(app_);
    add_clock();
    transfer_.add_to(app_);
    describe(app_);
}

CLI::App* reader::add(CLI::App& parent, char const* name, char const* what, data_place& data) {
    auto* const command = parent.add_subcommand(name, what);
    add_data(*command, data);
    return command;
}

void reader::add_changes(CLI::App& servers) {
    auto* const remove_one = remove_command_ =
        add(servers, "remove", "Delete a server and all that it sent; its agent is told to stop",
            remove_.data);
    remove_one->add_option("server", remove_.server, "Id or name")->type_name("SERVER")->required();
    auto* const rename = rename_command_ =
        add(servers, "rename", "Call a server by another name", rename_.data);
    rename->add_option("server", rename_.server, "Id or name")->type_name("SERVER")->required();
    rename->add_option("name", rename_.name, "What people call it from now on")
        ->type_name("NAME")
        ->required()
        ->check(check_plain);
    auto* const new_key = new_key_command_ =
        add(servers, "new-key",
            "Give a server a new api_key, which is printed; the old one is refused", new_key_.data);
    new_key->add_option("server", new_key_.server, "Id or name")->type_name("SERVER")->required();
}

void reader::add_servers() {
    auto* const servers = servers_command_ =
        add(app_, "servers", "List servers; add, remove or rename one", servers_.data);
    servers->add_flag("--json", servers_.json, "Print all of it as JSON");
    auto* const add_one = add_command_ = add(
        *servers, "add", "Make a server by hand and print its server_id and api_key", add_.data);
    add_one->add_option("--name", add_.name, "What people call it")
        ->type_name("NAME")
        ->required()
        ->check(check_plain);
    add_one->add_option("--server-id", add_.server_id, "Its id (default: a new UUID)")
        ->type_name("ID")
        ->check(check_plain);
    add_one
        ->add_option("--api-key-file", add_.api_key_file,
                     "Where its key stands, - for standard input (default: a new key)")
        ->type_name("FILE")
        ->check(config::check_not_empty);
    add_changes(*servers);
}

void reader::add_outputs() {
    auto* const outputs = outputs_command_ =
        add(app_, "outputs", "Print what the commands of servers put out", outputs_.data);
    outputs->add_option("server", outputs_.server, "Id or name (default: all)")
        ->type_name("SERVER");
    outputs->add_option("--command", outputs_.command, "Only this command")
        ->type_name("NAME")
        ->check(check_command);
    outputs
        ->add_option("--last", outputs_.last,
                     "How many reports of each server, the newest (default 1)")
        ->type_name("N")
        ->check(check_last);
    outputs->add_flag("--follow", outputs_.follow,
                      "Go on with each report as it lands, until Ctrl-C");
    outputs
        ->add_option("--head", outputs_.head,
                     "Lines of each output (default: all; with --follow 5)")
        ->type_name("N")
        ->check(check_head);
    auto* const json =
        outputs->add_flag("--json", outputs_.json, "Print each report as one line of JSON");
    outputs
        ->add_flag("--raw", outputs_.raw,
                   "Print the bytes of outputs alone; a terminal may obey them")
        ->excludes(json);
}

void reader::add_order() {
    auto* const order = order_command_ =
        add(app_, "order", "Show or set which commands a server is asked to run", order_.data);
    order->add_option("server", order_.server, "Id or name")->type_name("SERVER")->required();
    auto* const names =
        order
            ->add_option("names", order_.names,
                         "Commands, in this order; +NAME adds one to the order that stands, -NAME "
                         "takes one away")
            ->type_name("NAME")
            ->check(check_ordered_command);
    auto* const all =
        order->add_flag("--all", order_.all, "All that its list offers, now and later");
    auto* const none = order->add_flag("--none", order_.none, "Nothing");
    all->excludes(none)->excludes(names);
    none->excludes(names);
    order->add_option("--delay", delay_, "Time to add to each interval, at most 24h")
        ->type_name("TIME")
        ->check(check_duration);
}

void reader::add_clock() {
    clock_command_ =
        add(app_, "clock", "Say whether old reports are deleted by this clock", clock_.data);
    clock_command_->add_flag("--believe", clock_.believe,
                             "It is right: reports that it makes too old go now");
}

/// `servers --data DIR remove SERVER` is not the usual directory's, either.
template <typename Options>
Options reader::below_servers(Options options) const {
    options.data.follow(servers_.data);
    return options;
}

command_line reader::chosen() {
    if (auto options = serve_.chosen()) {
        return std::move(*options);
    }
    if (auto options = enrolment_.chosen()) {
        return std::visit([](auto& each) { return command_line(std::move(each)); }, *options);
    }
    if (auto options = people_.chosen()) {
        return std::visit([](auto& each) { return command_line(std::move(each)); }, *options);
    }
    if (auto const options = transfer_.chosen()) {
        return std::visit([](auto const& each) { return command_line(each); }, *options);
    }
    if (auto const options = why_.chosen()) {
        return *options;
    }
    if (auto const options = values_.chosen()) {
        return *options;
    }
    if (auto const options = check_.chosen()) {
        return *options;
    }
    if (add_command_->parsed()) {
        return below_servers(add_);
    }
    if (remove_command_->parsed()) {
        return below_servers(remove_);
    }
    if (rename_command_->parsed()) {
        return below_servers(rename_);
    }
    if (new_key_command_->parsed()) {
        return below_servers(new_key_);
    }
    if (servers_command_->parsed()) {
        return servers_;
    }
    if (outputs_command_->parsed()) {
        if (outputs_.command) {
            outputs_.command = with_prefix(*outputs_.command);
        }
        return outputs_;
    }
    if (clock_command_->parsed()) {
        return clock_;
    }
    return chosen_order();
}

command_line reader::chosen_order() {
    for (auto const& name : std::exchange(order_.names, {})) {
        bool const added = name.starts_with('+');
        add_once(added ? name.substr(1) : name, added ? order_.added : order_.names);
    }
    for (auto const& name : removals_) {
        add_once(name, order_.removed);
    }
    bool const changes = !order_.added.empty() || !order_.removed.empty();
    if (changes && (!order_.names.empty() || order_.all || order_.none)) {
        throw CLI::ValidationError("order", "+NAME and -NAME change the order that stands; names "
                                            "without a sign, --all and --none replace it: give "
                                            "either");
    }
    for (auto const& name : order_.added) {
        if (std::ranges::find(order_.removed, name) != order_.removed.end()) {
            throw CLI::ValidationError("order", name + " is both added and taken away");
        }
    }
    if (!delay_.empty()) {
        order_.delay = duration_in(delay_);
        if (*order_.delay > std::chrono::hours(24)) {
            throw CLI::ValidationError("--delay", "at most 24h");
        }
    }
    return order_;
}

command_line reader::read(std::vector<std::string> arguments) {
    removals_ = take_removals(arguments);
    if (auto const end = config::read_command_line(app_, arguments)) {
        return exit_text{end->status, end->text};
    }
    try {
        return chosen();
    } catch (CLI::ValidationError const& wrong) {
        auto const end = config::wrong_command_line(app_, wrong.what());
        return exit_text{end.status, end.text};
    }
}

} // namespace

command_line parse_command_line(std::vector<std::string> arguments) {
    if (!arguments.empty() && arguments.front() == "--complete") {
        return complete_options{{arguments.begin() + 1, arguments.end()}};
    }
    return reader().read(std::move(arguments));
}

config::completion complete(std::vector<std::string> const& words) {
    return {reader().app(), words};
}

std::string fill_manual(std::string_view page) {
    return config::filled_manual(page, reader().app());
}

} // namespace trafikito::server::cli
