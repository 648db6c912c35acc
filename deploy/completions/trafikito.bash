# bash completion of trafikito-agent and trafikito-server: the programs themselves say what may stand next.
# shellcheck shell=bash
_trafikito() {
    local word words=() typed='' before='' between rest=$COMP_LINE last=${COMP_WORDS[COMP_CWORD]}
    COMPREPLY=()
    # bash takes `--config=FILE` for three words, and `postgresql://HOST:PORT` for five: what stands right behind another
    # one belongs to it.
    rest=${rest#*"${COMP_WORDS[0]}"}
    for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
        between=${rest%%[![:blank:]]*}
        rest=${rest#"$between"}
        rest=${rest#"$word"}
        if [[ -n $between || ${#words[@]} == 0 ]]; then
            words+=("$word")
        else
            words[${#words[@]} - 1]+=$word
        fi
    done
    if [[ ${#words[@]} -gt 0 ]]; then
        typed=${words[${#words[@]} - 1]}
        unset "words[${#words[@]}-1]"
    fi
    if [[ $typed == --*=* ]]; then
        words+=("${typed%%=*}")
        typed=${typed#*=}
    fi
    # And only what is the last one for bash is replaced.
    [[ $last == *[!:=@]* ]] || last=
    before=${typed%"$last"}
    # What was typed with quotes or backslashes is given to the program as the shell would read it.
    typed=${typed#[\"\']}
    typed=${typed//\\/}
    while IFS=$'\t' read -r word _; do
        case $word in
        :files | :directories)
            compopt -o filenames 2>/dev/null
            if [[ $word == :files ]]; then word=-f; else word=-d; fi
            mapfile -t COMPREPLY < <(compgen "$word" -- "$typed")
            COMPREPLY=("${COMPREPLY[@]#"$before"}")
            return
            ;;
        esac
        # A name may hold blanks.
        [[ $word != *[!A-Za-z0-9_+./:=@-]* ]] || printf -v word %q "$word"
        COMPREPLY+=("${word#"$before"}")
    done < <("$1" --complete "${words[@]}" "$typed" 2>/dev/null)
}
complete -F _trafikito trafikito-agent trafikito-server
