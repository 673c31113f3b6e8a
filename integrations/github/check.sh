#!/usr/bin/env bash
# The action's second step: `remediate check` as annotations, summary, and SARIF where it is asked for.
#
# Reads INPUT_ARGS, INPUT_FAIL_ON and INPUT_SARIF, as action.yml describes them, and PYTHON and
# REPORTS of the first step. Writes the outputs `found` (the exit code of the check), `exit-code`
# (the same as far as `fail-on` wants it), `report` and `sarif-file`. Ends with 0 where the check
# itself fails: the last step ends with `exit-code`, after the comment.
set -euo pipefail

# shellcheck source=integrations/github/fail.sh
. "$(dirname "$0")/fail.sh"

case $INPUT_FAIL_ON in
    new | error | never) ;;
    *) fail "fail-on: $INPUT_FAIL_ON is none of new, error, never" ;;
esac

# Split as a shell would, with quotes, but without running anything.
"$PYTHON" -I -c '
import os, shlex, sys
sys.stdout.write("".join(word + "\0" for word in shlex.split(os.environ["INPUT_ARGS"])))
' >"$REPORTS/words" 2>"$REPORTS/why" || fail "args: a quote is not closed"
words=()
while IFS= read -r -d '' word; do
    case $word in
        --database-url*) fail "args: --database-url shows in the log; set REMEDIATE_DATABASE_URL" ;;
        -f* | --format* | -o* | --output*) fail "args: the action itself chooses $word" ;;
    esac
    words+=("$word")
done <"$REPORTS/words"

# The summary is written below: what else writes there would write it twice.
check() {
    env -u GITHUB_STEP_SUMMARY "$PYTHON" -P -m remediate check ${words[@]+"${words[@]}"} "$@"
}

# The others repeat the first: they must not repeat its notes in the log.
again() {
    check "$@" 2>"$REPORTS/why" || [ $? -eq 1 ] || fail "$(<"$REPORTS/why")"
}

new_errors() {
    again -f json -o "$REPORTS/check.json"
    "$PYTHON" -I -c '
import json, sys
found = json.load(open(sys.argv[1], encoding="utf-8"))
new = set(found["baseline"]["new"])
print(sum(f["id"] in new and f["severity"] == "error" for f in found["findings"]))
' "$REPORTS/check.json"
}

found=0
check -f github || found=$?
report=$REPORTS/check.md
sarif=
exit_code=$found
if [ "$found" -gt 1 ]; then
    echo "\`remediate check\` could not look: exit code $found. The log of the job shows why." >"$report"
else
    again -f markdown -o "$report"
    if [ "$INPUT_SARIF" = true ]; then
        sarif=$REPORTS/remediate.sarif
        again -f sarif -o "$sarif"
    fi
    case $INPUT_FAIL_ON in
        never) exit_code=0 ;;
        error) [ "$found" -eq 0 ] || [ "$(new_errors)" -gt 0 ] || exit_code=0 ;;
    esac
fi

if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    if [ "$(wc -c <"$report")" -le 1048576 ]; then # GitHub drops a summary beyond 1 MiB
        cat "$report" >>"$GITHUB_STEP_SUMMARY"
    else
        echo "The report is too long for a summary: \`remediate check -f markdown\`." \
            >>"$GITHUB_STEP_SUMMARY"
    fi
fi

{
    echo "found=$found"
    echo "exit-code=$exit_code"
    echo "report=$report"
    echo "sarif-file=$sarif"
} >>"$GITHUB_OUTPUT"
