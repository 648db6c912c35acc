# fish completion of trafikito-agent and trafikito-server: the programs themselves say what may stand next.
function __trafikito_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    # A word that is not closed yet cannot be read.
    set -l plain (string unescape -- $typed)
    or set plain $typed
    set -l lead (string match -r -- '^--[a-z-]+=' "$plain")
    set -l path (string replace -r -- '^--[a-z-]+=' '' "$plain")
    for line in ($program --complete $words "$plain" 2>/dev/null)
        switch $line
            case :files
                printf "$lead%s\n" (__fish_complete_path $path)
            case :directories
                printf "$lead%s\n" (__fish_complete_directories $path)
            case '*'
                printf '%s\n' $line
        end
    end
end
for program in trafikito-agent trafikito-server
    complete -c $program -f -a '(__trafikito_complete)'
end
