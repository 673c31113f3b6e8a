#!/usr/bin/env bash
# The action's first step: remediate in an environment that can import the project's env.py.
#
# Reads INPUT_PYTHON, INPUT_REQUIREMENTS and INPUT_VERSION, as action.yml describes them.
# Writes the outputs `python` (the interpreter) and `reports` (a folder for the next step).
set -euo pipefail

# shellcheck source=integrations/github/fail.sh
. "$(dirname "$0")/fail.sh"

reports=$(mktemp -d "${RUNNER_TEMP:-/tmp}/remediate.XXXXXX")

if [ -n "$INPUT_PYTHON" ]; then
    python=$(command -v -- "$INPUT_PYTHON") || fail "python: there is no $INPUT_PYTHON here"
    case $python in /*) ;; *) python=$PWD/$python ;; esac
else
    python3 -m venv "$reports/venv"
    python=$reports/venv/bin/python
fi

install() {
    if "$python" -m pip --version >/dev/null 2>&1; then
        "$python" -m pip install --quiet --disable-pip-version-check "$@"
    elif command -v uv >/dev/null; then # an environment that uv made has no pip
        uv pip install --quiet --python "$python" "$@"
    else
        fail "python: $python has no pip, and there is no uv"
    fi
}

wanted=()
# Words, none of them an option or a pattern that the shell replaces.
read -r -a files <<<"${INPUT_REQUIREMENTS//$'\n'/ }"
for file in ${files[@]+"${files[@]}"}; do
    [ -f "$file" ] || fail "requirements: there is no file $file in the working directory"
    wanted+=(--requirement "$file")
done
case $INPUT_VERSION in
    "") wanted+=("$GITHUB_ACTION_PATH") ;;
    installed) ;;
    *[!0-9A-Za-z.!+]*) fail "version: $INPUT_VERSION is no version" ;;
    *) wanted+=("alembic-remediate==$INPUT_VERSION") ;;
esac
[ ${#wanted[@]} -eq 0 ] || install "${wanted[@]}"
"$python" -P -m remediate --version || fail "version: remediate is not installed for $python"

{
    echo "python=$python"
    echo "reports=$reports"
} >>"$GITHUB_OUTPUT"
