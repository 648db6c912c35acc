# fish completion of trafikito-agent and trafikito-server: the programs themselves say what may stand next.
function __trafikito_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    # A word that is not closed yet cannot be read.
    set -l plain (string unescape -- $typed)
    or set plain $typed
    for line in ($program --complete $words "$plain" 2>/dev/null)
        set -l parts (string match -r -g '^(--[a-z-]+=)?(.*)$' -- "$plain")
        switch $line
            case :files
                printf '%s\n' $parts[1](__fish_complete_path $parts[2])
            case :directories
                printf '%s\n' $parts[1](__fish_complete_directories $parts[2])
            case '*'
                printf '%s\n' $line
        end
    end
end
for program in trafikito-agent trafikito-server
    complete -c $program -f -a '(__trafikito_complete)'
end
