#include "exec/command.hpp"

namespace trafikito::exec {

execution_environment clean_environment(std::filesystem::path const& base_dir,
                                        std::string const& home, std::string const& user) {
    return {base_dir,
            {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "BASEDIR=" + base_dir.string(), "HOME=" + home,
             "USER=" + user, "LANG=C.UTF-8", "LC_ALL=C.UTF-8"}};
}

void add_variable(execution_environment& to, std::string const& variable) {
    auto const name = variable.substr(0, variable.find('=') + 1);
    std::erase_if(to.environment, [&](std::string const& one) { return one.starts_with(name); });
    to.environment.push_back(variable);
}

} // namespace trafikito::exec
