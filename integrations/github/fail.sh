# shellcheck shell=bash
# Sourced by the scripts beside it.

# End with a sentence that GitHub shows beside the job; its text cannot start another command.
fail() {
    local text=${1//'%'/'%25'}
    text=${text//$'\r'/'%0D'}
    echo "::error title=remediate::${text//$'\n'/'%0A'}"
    exit 2
}
