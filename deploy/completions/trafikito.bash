# bash completion of trafikito-agent and trafikito-server: it offers what their own --help says.
# shellcheck shell=bash
_trafikito() {
    local program=$1 word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} help part given=()
    COMPREPLY=()
    help=$("$program" --help 2>/dev/null) || return 0
    for part in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        if [[ $part == [a-z]* && " $(_trafikito_subcommands <<<"$help") " == *" $part "* ]]; then
            given+=("$part")
            help=$("$program" "${given[@]}" --help 2>/dev/null) || return 0
        fi
    done
    case $previous in
    --base-dir | --data | --agent-files) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
    -c | --config | --limits | --certificate | --key | --*file) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
    *)
        if [[ $word == -* ]]; then
            # The main help of the agent has the options of its subcommands, too, farther from the margin.
            part=$(sed -n 's/^  \(-[^-, ],\)\{0,1\}\(--[a-z-]*\).*/\2/p' <<<"$help")
        else
            part=$(_trafikito_subcommands <<<"$help")
        fi
        mapfile -t COMPREPLY < <(compgen -W "$part" -- "$word")
        ;;
    esac
}
# They stand at the margin, or two from it with what they do behind them.
_trafikito_subcommands() {
    sed -n '/^Subcommands:/,/^Configuration keys/s/^\([a-z][a-z-]*\)$\|^  \([a-z][a-z-]*\)  .*/\1\2/p' | tr '\n' ' '
}
complete -o filenames -F _trafikito trafikito-agent trafikito-server
