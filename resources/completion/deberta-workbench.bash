# bash completion for deberta-workbench.  Options and settings are read from the program's own --help,
# so that this file never disagrees with it.
_deberta_workbench_words () { # PROGRAM COMMAND… -> the help text
    local program=$1
    shift
    "$program" "$@" --help 2>/dev/null
}

# Of the lines read those that begin with CURRENT, as a shell takes them: names may have blanks.
_deberta_workbench_match () { # CURRENT
    local begun=${1//\\/} line
    while IFS= read -r line; do
        if [[ $line == "$begun"* ]]; then printf '%q\n' "$line"; fi
    done
}

_deberta_workbench () {
    local program=${COMP_WORDS[0]} current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
    local command='' word subcommand='' i

    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        case $word in
            --home) i=$((i + 1)) ;;
            -*) ;;
            *) if [ -z "$command" ]; then command=$word; elif [ -z "$subcommand" ]; then subcommand=$word; fi ;;
        esac
    done

    case $command:$previous in
        attention:--to|runs:--to|recipes:--to)
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            return ;;
        attention:--without)
            mapfile -t COMPREPLY < <(compgen -W 'c2c c2p p2c' -- "$current")
            return ;;
    esac
    case $previous in
        --dtype)
            mapfile -t COMPREPLY < <(compgen -W 'f32 f16 bf16' -- "$current")
            return ;;
        --home|--out|--to|--data|--model|--against)
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -d -- "$current")
            if [ "$previous" = --model ]; then
                mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$("$program" models list --json 2>/dev/null |
                    grep -o '"name":"[^"]*"' | cut -d'"' -f4)" -- "$current")
            fi
            return ;;
        --train|--dev|--file|--init-from-config)
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            return ;;
        --recipe)
            mapfile -t COMPREPLY < <(compgen -f -X '!*.ini' -- "$current"
                { echo published; "$program" recipes list --json 2>/dev/null | grep -oE '"name":"[^"]*"' | cut -d'"' -f4; } |
                    _deberta_workbench_match "$current")
            return ;;
        --task)
            mapfile -t COMPREPLY < <(compgen -W 'cola sst-2 mrpc stsb qqp mnli qnli rte wnli ax xnli ner' -- "$current")
            return ;;
        --set)
            compopt -o nospace 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -S = -W "$(_deberta_workbench_words "$program" train |
                sed -nE 's/^ {2,4}([a-z][a-z0-9-]+) .*/\1/p')" -- "$current")
            return ;;
    esac

    if [ -z "$command" ] && [[ $current != -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_deberta_workbench_words "$program" |
            sed -nE 's/^ {2,4}([a-z]+)( .*|$)/\1/p')" -- "$current")
        return
    fi
    if [[ $current == -* ]]; then
        [[ $command == runs || $command == queue || $command == recipes ]] || subcommand=''
        mapfile -t COMPREPLY < <(compgen -W "$(_deberta_workbench_words "$program" ${command:+"$command"} ${subcommand:+"$subcommand"} |
            grep -oE -- '--[a-z][a-z-]*' | sort -u)" -- "$current")
        return
    fi
    case $command in
        runs|queue|recipes|models|datasets)
            if [ -z "$subcommand" ]; then
                mapfile -t COMPREPLY < <(compgen -W "$(_deberta_workbench_words "$program" "$command" |
                    sed -nE 's/^ {2,4}([a-z]+)( .*|$)/\1/p')" -- "$current")
                return
            fi ;;
    esac
    if [ "$command $subcommand" = 'recipes show' ]; then
        mapfile -t COMPREPLY < <(compgen -f -X '!*.ini' -- "$current"
            "$program" recipes list --json 2>/dev/null | grep -oE '"name":"[^"]*"' | cut -d'"' -f4 |
                sed -nE 's,^(glue/[^/]*)/.*,\1\n&,p; t; p' | sort -u | _deberta_workbench_match "$current")
        return
    fi
    case "$command $subcommand:$previous" in
        'queue drop:'*|'queue move:move')
            mapfile -t COMPREPLY < <(compgen -W "$("$program" queue list --json 2>/dev/null | sed 's/.*"waiting"//' |
                grep -oE '"run":[0-9]+' | cut -d: -f2)" -- "$current")
            return ;;
        'queue move:'*)
            mapfile -t COMPREPLY < <(compgen -W 'first last 1 2 3' -- "$current")
            return ;;
    esac
    case $command in
        resume|evaluate|predict|attention|export|runs)
            mapfile -t COMPREPLY < <(compgen -W "$("$program" runs list --json 2>/dev/null |
                grep -oE '"run":[0-9]+' | cut -d: -f2)" -- "$current") ;;
        models|datasets)
            if [ "$subcommand" != import ]; then
                mapfile -t COMPREPLY < <(compgen -W "$("$program" "$command" list --json 2>/dev/null |
                    grep -o '"name":"[^"]*"' | cut -d'"' -f4)" -- "$current")
            fi ;;
    esac
    compopt -o default 2>/dev/null
}
complete -F _deberta_workbench deberta-workbench
