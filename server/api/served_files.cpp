// What an installation downloads: install.sh and the agent (agent_files.hpp); and what the shell
// installer gets in place of its own files.
#include "server/api/service.hpp"

namespace trafikito::server::api {

namespace asio = boost::asio;

asio::awaitable<http::response> service::served_file(request_ptr from) {
    if (!files_) {
        co_return refuse(*from, 404, "#no_agent_files",
                         "this server has no files for new machines: `trafikito-server serve "
                         "--agent-files DIR` names the folder that holds install.sh");
    }
    auto const path = http::path_of(*from);
    auto const found = files_->by_path.find(path);
    if (found == files_->by_path.end()) {
        co_return refuse(*from, 404, "#file",
                         "this server has no agent of that name: install.sh of this server names "
                         "those that it has");
    }
    http::response answer;
    answer.content_type = found->second.content_type;
    answer.shared_body = path == "/install.sh"
                             ? files_->script_for(http::find_header(*from, "Host"))
                             : found->second.bytes;
    co_return answer;
}

// That installer saves whatever comes, then sources lib/set_os.sh and would run the rest: this ends
// it before it creates a server.
http::response service::shell_script(http::request const& from) {
    strangers_.note(base::severity::info,
                    "told a shell installer to use /install.sh (`trafikito-server enroll-command` "
                    "prints the line)",
                    from.address, std::chrono::steady_clock::now());
    http::response answer;
    answer.content_type = "text/x-shellscript; charset=utf-8";
    answer.body = "echo 'This server has no shell agent: use its /install.sh, by the line that "
                  "`trafikito-server enroll-command` prints there.' >&2\nexit 1\n";
    return answer;
}

} // namespace trafikito::server::api
