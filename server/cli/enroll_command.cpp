// trafikito-server enroll-command: a token, and the line with which a new machine installs its
// agent from the server that runs on this data.
#include "base/units.hpp"
#include "server/api/install_line.hpp"
#include "server/api/server_url.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/data_directory.hpp"
#include "server/cli/screen.hpp"
#include "server/cli/server_names.hpp"
#include "server/cli/token_list.hpp"
#include "server/cli/way_here.hpp"

#include <stdexcept>

namespace trafikito::server::cli {

namespace {

void check(way_here const& way, enroll_command_options const& options) {
    if (!way.agent_files && !options.token_only) {
        throw std::runtime_error(
            "this server has no install.sh for new machines: `serve --agent-files DIR` names a "
            "folder that holds one, and its log says what is wrong with it; --token-only prints "
            "a token for `trafikito-agent enroll` and for containers");
    }
    if (options.url && !api::covers(way.names, api::host_of(*options.url))) {
        throw std::runtime_error(
            "agents would refuse " + *options.url + ": the server's certificate is not for " +
            api::host_of(*options.url) + "; `serve --host-name` adds a name to it");
    }
}

void print_lines(std::string const& token, way_here const& way,
                 enroll_command_options const& options, std::ostream& out) {
    api::served_values from;
    from.api_url = options.url.value_or(way.url);
    from.pin = way.believed ? "" : way.pin;
    auto const lines = api::install_lines_for(from, token, options.server_name);
    out << lines.curl << '\n' << lines.wget << '\n';
}

void explain(store::enrolment_token const& token, way_here const& way,
             enroll_command_options const& options, std::ostream& err) {
    auto const id = id_of(token.digest);
    auto const data = as_options(options.data);
    if (!options.token_only) {
        err << "run one of the two lines on the machine: the second where there is no curl\n";
    }
    err << (options.token_only ? "the token enrols " : "the token in it enrols ")
        << base::count_of(static_cast<std::size_t>(token.machines), "machine")
        << (token.server_name ? ", " + cell(*token.server_name, 200) + "," : std::string())
        << " until " << time_in_table(token.ends)
        << ", and does nothing else; `trafikito-server tokens revoke " << data << id
        << "` ends it earlier\n";
    if (!way.fault.empty()) {
        err << "warning: " << cell(way.fault, 1000) << '\n';
    }
}

} // namespace

int run(enroll_command_options const& options, base::console& to) {
    auto store = open_store(options.data, store::access::read_write);
    auto const way = way_of_server(data_or_usual(options.data));
    check(way, options);
    if (options.server_name) {
        refuse_id_as_name(store, "", *options.server_name);
    }
    auto const text = security::random_token();
    store::enrolment_token token;
    token.digest = security::sha256(text);
    token.created = store.now();
    token.ends = token.created + options.valid;
    token.machines = options.machines;
    token.server_name = options.server_name;
    // It is there before it can be seen: what is printed may go straight to a machine.
    store.add_token(token);
    if (options.token_only) {
        to.out << text << '\n';
    } else {
        print_lines(text, way, options, to.out);
    }
    if (to.out.finish() != 0) {
        store.forget_token(token.digest);
        return 1;
    }
    explain(token, way, options, to.err);
    return 0;
}

} // namespace trafikito::server::cli
