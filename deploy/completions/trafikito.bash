# bash completion of trafikito-agent and trafikito-server: the programs themselves say what may stand next.
# shellcheck shell=bash
_trafikito() {
    local word words=() typed=${COMP_WORDS[COMP_CWORD]}
    COMPREPLY=()
    # bash takes `--config=FILE` for three words.
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ $word == = ]] || words+=("$word")
    done
    [[ $typed != = ]] || typed=
    # What was typed with quotes or backslashes is given to the program as the shell would read it.
    typed=${typed#[\"\']}
    typed=${typed//\\/}
    while IFS=$'\t' read -r word _; do
        case $word in
        :files | :directories)
            compopt -o filenames 2>/dev/null
            if [[ $word == :files ]]; then word=-f; else word=-d; fi
            mapfile -t COMPREPLY < <(compgen "$word" -- "$typed")
            return
            ;;
        esac
        # A name may hold blanks.
        [[ $word != *[!A-Za-z0-9_+./:=@-]* ]] || printf -v word %q "$word"
        COMPREPLY+=("$word")
    done < <("$1" --complete "${words[@]}" "$typed" 2>/dev/null)
}
complete -F _trafikito trafikito-agent trafikito-server
