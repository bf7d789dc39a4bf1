#!/bin/bash
# check-completion.sh PROGRAM COMPLETION: what the shell offers is what the program has.
set -u
program=$1
# shellcheck source=/dev/null
source "$2"
# shellcheck disable=SC2317
compopt () { :; } # there is no completion going on here
DEBERTA_WORKBENCH_HOME=$(mktemp -d)
export DEBERTA_WORKBENCH_HOME
trap 'rm -rf "$DEBERTA_WORKBENCH_HOME"' EXIT
failed=0

# offers WORDS… -- EXPECTED…: after WORDS (the last one begun) each of EXPECTED is offered
offers () {
    local words=() expected
    while [ "$1" != -- ]; do words+=("$1"); shift; done
    shift
    COMP_WORDS=("$program" "${words[@]}")
    COMP_CWORD=${#words[@]}
    _deberta_workbench
    for expected; do
        case " ${COMPREPLY[*]} " in
            *" $expected "*) ;;
            *) echo "after '${words[*]}': no '$expected' in: ${COMPREPLY[*]}"; failed=1 ;;
        esac
    done
}

offers '' -- demo train resume evaluate predict tokenize attention models datasets export runs queue recipes bench doctor
offers tra -- train
offers --home /tmp '' -- train doctor
offers --h -- --help --home
offers --v -- --version --verbose
offers train --s -- --set --seed --seeds
offers train --m -- --model --max-length
offers train --set l -- learning-rate= label-smoothing= layer-decay=
offers train --recipe p -- published
offers train --recipe glue/rte/deb -- glue/rte/deberta-v3-large
offers train --task q -- qqp qnli
offers runs '' -- list show log compare stop pause rename tag note archive pin baseline delete verify
offers queue '' -- list run pause move drop
offers queue run --u -- --until-empty
offers queue move 1 f -- first
offers train --de -- --dev --detach
offers export --dtype '' -- f32 f16 bf16
offers models --t -- --tensors
offers attention --t -- --text --text-pair --to
offers attention --l -- --layer
offers runs list --t -- --task --tag
offers runs list --s -- --status --search --sort
offers runs list --a -- --archived
offers recipes '' -- list show save
offers recipes show gl -- glue/rte glue/mnli
offers recipes save --r -- --replace
mkdir -p "$DEBERTA_WORKBENCH_HOME/recipes" "$DEBERTA_WORKBENCH_HOME/files"
printf '[recipe]\nformat=1\ntask=rte\n[task]\nepochs=3\n' >"$DEBERTA_WORKBENCH_HOME/recipes/my own.ini"
offers recipes show my -- 'my\ own'
offers train --recipe 'my\ o' -- 'my\ own'
touch "$DEBERTA_WORKBENCH_HOME/files/curves.svg" "$DEBERTA_WORKBENCH_HOME/files/given.ini"
offers runs show 1 --to "$DEBERTA_WORKBENCH_HOME/files/c" -- "$DEBERTA_WORKBENCH_HOME/files/curves.svg"
offers recipes save 1 --to "$DEBERTA_WORKBENCH_HOME/files/g" -- "$DEBERTA_WORKBENCH_HOME/files/given.ini"
offers models '' -- list show import remove verify
offers datasets '' -- list show import remove verify
offers datasets import --t -- --task
exit $failed
