"""Which values are secrets, and which only stand where one belongs."""

import base64
import binascii
import re

from remediate.system.credentials import is_computed, is_placeholder

SHORTEST = 4
_RANDOM = 6  # characters, at least, behind a name that says no more than password
EXAMPLES = {
    "pass", "password", "passwd", "secret", "changeme", "change-me", "example", "postgres", "test",
    "user", "username", "admin", "root", "xxx", "xxxx", "dev", "mysecretpassword",
}  # fmt: skip
"""What development machines and documentation have."""
_STAND_IN = re.compile(
    r"(?:your|my|db|some|the)?[-_]?(?:secret|pass(?:word|wd)?|pwd|pw|key|token)[-_]?(?:here)?"
    r"|(?:change|replace|insert|enter|fill)[-_]?(?:me|this|it)\w*|(?:your|change|replace)[-_ ].*"
    r"|tiger|testing|passphrase|\(whatever\)?"  # of SQLAlchemy's documentation
    r"|true|false|none|null|undefined|\d{1,6}|x+|dummy|todo|string",
    re.IGNORECASE,
)
# What people write where nothing has to be kept: dev_password, supersecret, test1234.
_USUAL = re.compile(
    r"(?:super|top|very|dummy|fake|redacted|hidden|change)[-_]?(?:it|secret)?"
    r"|[a-z_-]*(?:secret|password|passwd|pwd|placeholder|example)[a-z_-]*"
    r"|(?:(?:test|dev|local|demo|sample|example|admin|root|user|guest|pass|password|secret|qwerty"
    r"|abc|app|db|postgres|mysql|runner|ci)[-_]?)+\d{0,4}!?",
    re.IGNORECASE,
)
# ${PASSWORD:-this}, as shells and compose have it, and ${PASSWORD:this} of Spring.
_DEFAULT = re.compile(r"\$\{[\w.]{1,60}(?::?-|:(?![-?+=]|\d+(?::\d+)?\}))(?P<value>[^{}]*)\}")
_WORDS = re.compile(r"(?:[^\W\d]|[_. -])*")
_LETTERS = re.compile(r"[A-Za-z]{10,}")  # shorter ones are mostly the name of a project
_HASHED = re.compile(
    r"\$(?:2[abxy]?|argon2\w*|scrypt|pbkdf2\S*|[156y])\$|(?:pbkdf2|bcrypt|argon2)\w*[$:]"
    r"|SCRAM-SHA-256\$|\{(?:SSHA|SHA|CRYPT)\d*\}|ENC[\[(]|encrypted:",
    re.IGNORECASE,
)
# A path, an address, a variable, a tag of YAML, a call, a version, a regular expression, and how
# the keepers of secrets are asked: op://, ref+vault://, arn:aws:..., @Microsoft.KeyVault(...).
_REFERENCE = re.compile(
    r"[./~]|\\|[a-z][\w+.-]*://|\$\$?[a-z_{(\d]|!(?:vault|ref|sub|env|secret)\b|[*&][a-z]\w*$"
    r"|@?[a-z_][\w.]*\(|(?:vault|arn|file|projects)[:/]|%\w.*%$|__\w+__$|@+\w+@+$"
    r"|\d[\d.-]*\.[\d.-]*$|\^.*\$$|.*\(\?",
    re.IGNORECASE,
)


def unwrapped(value: str) -> str:
    """The value that holds where a variable is not set; else as it is."""
    default = _DEFAULT.fullmatch(value)
    return default["value"].strip("'\"") if default else value


def is_secret(value: str) -> bool:
    """Whether it is none of the values that only stand for a secret."""
    value = unwrapped(value).removesuffix("\\n")
    if len(value) < SHORTEST or value.lower() in EXAMPLES or is_placeholder(value):
        return False
    return not (is_computed(value) or _STAND_IN.fullmatch(value) or _HASHED.match(value))


def is_word(value: str) -> bool:
    """Whether it is a secret that consists of letters alone."""
    value = unwrapped(value)
    is_one = _LETTERS.fullmatch(value) is not None and not _USUAL.fullmatch(value)
    return is_one and is_secret(value)


def is_random(value: str) -> bool:
    """Whether it is a secret although its name says little: no word, text, path, expression."""
    value = unwrapped(value)
    if len(value) < _RANDOM or re.search(r"\s", value) or _WORDS.fullmatch(value):
        return False
    if _USUAL.fullmatch(value):
        return False
    if _REFERENCE.match(value) or len(set(re.findall(r"[^\W_]", value))) < SHORTEST:
        return False
    return is_secret(value)


def decoded(value: str) -> str:
    """What a value of base64 holds, as those of a Secret of Kubernetes; else as it is."""
    try:
        text = base64.b64decode(value, validate=True).decode("ascii").strip()
    except (binascii.Error, ValueError):
        return value
    return text if len(value) >= 8 and text.isprintable() else value
