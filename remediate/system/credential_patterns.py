"""The patterns of credentials, and the words without which none of them finds anything.

A pattern's group `secret` is what must not be shown. All is bounded, and nothing repeated begins a
pattern: a text of any length takes linear time.
"""

import re

_USER = r":(?<=\w:)/{1,3}[^\s:/@'\"`]{0,64}:"
_URLS = (
    # In quotes the password may hold spaces; without, it ends with the word. The last @ counts.
    rf"""(?P<quote>['"])[A-Za-z][\w+.-]{{0,30}}{_USER}"""
    r"(?P<secret>(?:(?!(?P=quote))[^\n]){1,512})@",
    rf"""{_USER}(?P<secret>[^\s'"`]{{1,512}})@""",
)
WORDS = ("password", "passwd", "passphrase", "passwort", "secret", "api_key", "apikey")
# Keys of these; a primary or a foreign one is no secret.
_KEYS_OF = (
    "api", "access", "account", "admin", "auth", "client", "encryption", "hmac", "license",
    "master", "private", "service", "session", "shared", "signature", "signing", "webhook",
)  # fmt: skip
ENDS = (
    "token", "credential", "credentials", "authorization", "jwt",
    *(f"{of}{sign}key" for of in _KEYS_OF for sign in ("_", "-", "")),
)  # fmt: skip
_SHORTS = r"(?<![^\W_])(?:pw|pwd|pass)"
WORD = rf"(?:{'|'.join(WORDS)})\w{{0,30}}"
# What follows these says something else: token_type, signing_key_id.
_END = rf"(?:token|credentials?|authorization|jwt|(?:{'|'.join(_KEYS_OF)})[_-]?key)(?![\w-])"
_KEY = rf"(?:{WORD}|{_END}|{_SHORTS})"
# Behind a name its quote, brackets and a type: (api_token)::text
_AFTER = r"""(?:\\?['"])?[\])]{0,3}(?:::[\w ]{1,30})?\s{0,20}"""
# password => 'x', "password": "x", os.environ["PGPASSWORD"] = "x"
_SIGN = rf"{_AFTER}(?:=>|:=|==|[=:])\s{{0,20}}"
_COMPARED = (
    rf"{_AFTER}(?:<>|!=|!?~~?\*?|\bTO\b|(?:\bNOT\s{{1,20}})?\bI?LIKE\b|"
    r"\bIS\s{1,20}(?:NOT\s{1,20})?DISTINCT\s{1,20}FROM\b)\s{0,20}"
)
# token text NOT NULL DEFAULT 'x', Column("token", Text(), server_default="x")
_DEFAULT = r"""[\\"]{0,2}\s[^,;'"]{0,120}?\bDEFAULT\s{1,20}\(?"""
_SERVER_DEFAULT = (
    r"""\\?['"],[^'"\n;]{0,160}?server_default\s?=\s?(?:[\w.]{0,20}text\()?(?:"(?='))?"""
)
_GIVEN = rf"{_KEY}(?:{_SIGN}|{_SERVER_DEFAULT})"
_BEFORE = rf"(?:{_KEY}(?:{_SIGN}|{_SERVER_DEFAULT}|{_COMPARED}|{_DEFAULT})|{WORD}\s{{1,20}})[eE]?"
_KEYED = (
    # In SQL within SQL the quotes are doubled, in Python they have a backslash before them.
    rf"{_BEFORE}''(?P<secret>[^'\n]{{1,512}})''",
    rf"{_BEFORE}'(?P<secret>(?:''|\\.|[^'\\\n]){{1,512}})'",
    rf'{_GIVEN}"(?P<secret>(?:""|\\.|[^"\\\n]){{1,512}})"',
    rf"{_BEFORE}\\'(?P<secret>[^'\n]{{1,512}}?)\\'",
    rf'{_BEFORE}\\"(?P<secret>[^"\n]{{1,512}}?)\\"',
    rf"(?:(?:{WORD}|{_SHORTS})\s{{0,20}}|{_KEY}\s{{0,20}}=\s{{0,20}})"
    r"(?P<quote>\$\w{0,20}\$)(?P<secret>.{1,512}?)(?P=quote)",
    # An argument of format().
    r"PASSWORD\s{1,20}%\w'\s{0,20},\s{0,20}'(?P<secret>[^'\n]{1,512})'",
    # In the string of a connection, or before a command.
    rf"""(?:{WORD}|{_SHORTS})=(?P<secret>[^\s'"&;,)\\]{{1,512}})""",
)
_AROUND = (
    # The literal comes first: 'x' = api_token
    r"(?<![\w'])'(?P<secret>[^'\n]{1,256})'(?:::\w{1,30})?\s{0,20}(?:==?|<>|!=)\s{0,20}"
    rf"""[\w."(]{{0,60}}?{_KEY}""",
    # A parameter of the session.
    rf"\bSET\s{{1,20}}(?:(?:LOCAL|SESSION)\s{{1,20}})?\w{{1,60}}\.[\w.]{{0,60}}?{_KEY}\s{{0,20}}"
    r"(?:=|\bTO\b)\s{0,20}(?P<secret>[^\s'\"$;]{1,512})",
    rf"\bset_config\(\s{{0,20}}'[\w.]{{0,60}}?{_KEY}'\s{{0,20}},\s{{0,20}}"
    r"'(?P<secret>[^'\n]{1,512})'",
)
# password IN ('x', 'y'), (token)::text = ANY (ARRAY['x'::text])
_LIST = rf"{_KEY}{_AFTER}(?:(?:NOT\s{{1,20}})?IN|=\s{{0,20}}ANY)\s{{0,20}}\({{1,3}}[^()]{{0,2000}}"
BEGINNINGS = (
    "k_live_", "k_test_", "gho_", "ghp_", "ghs_", "ghu_", "ghr_", "github_pat_", "glpat-", "xox",
    "AKIA", "AIza", "sk-", "hf_", "npm_", "SG.", "eyJ", "PRIVATE KEY",
)  # fmt: skip
_TOKENS = (
    r"(?P<secret>\b(?:[srp]k_(?:live|test)_\w{4,}|gh[opsur]_\w{16,}|github_pat_\w{16,}"
    r"|glpat-[\w-]{16,}|xox[a-z]-[\w-]{8,}|AKIA[0-9A-Z]{12,}|AIza[\w-]{30,}|sk-[\w-]{16,}"
    r"|hf_\w{16,}|npm_\w{16,}|SG\.[\w-]{8,}\.[\w-]{8,}|eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]+)?))",
    r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(?P<secret>.{1,8000}?)(?:-----END|\Z)",
)
_SAID_OF = "tokens?|auth\\w*|schemes?|headers?|keys?|credentials?|is|are|of|or|and|in|for|must|with"
_HEADERS = (
    # Capital, as in a header: in a sentence a bearer is somebody.
    rf"(?-i:\b(?:Bearer|BEARER))\s{{1,5}}(?!(?:{_SAID_OF})\b)(?P<secret>[\w.~+/=-]{{3,512}})",
    r"""authorization['"]?\s{0,5}[:=]\s{0,5}['"]{0,2}(?:bearer|basic|token|digest)\s{1,5}"""
    r"""(?P<secret>[^\s'"\\,;]{1,512})""",
    r"\b(?:x-(?:\w{1,20}-){0,3}|api-|auth-|access-)(?:key|token|secret|signature)\s{0,5}:\s{0,5}"
    r"""(?P<secret>[^\s'"\\,;]{3,512})""",
    # In the query of a URL, or at the beginning of a text.
    rf"""['"?&][\w-]{{0,60}}?{_END}=(?P<secret>[^\s'"&;,)\\]{{1,512}})""",
    # Who knows the address may post.
    r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<secret>[\w/-]{1,200})",
    r"discord(?:app)?\.com/api/webhooks/(?P<secret>[\w/-]{1,200})",
    r"webhook\.office\.com/(?P<secret>[^\s'\"]{1,400})",
    r"api\.telegram\.org/bot(?P<secret>[\w:-]{1,200})",
)
IN_HEADERS = (
    "bearer", "authorization", "-key", "-token", "-secret", "-signature", "token=", "key=", "jwt=",
    "credential=", "credentials=", "hooks.slack.com/", "/webhook", "webhook.office.com/",
    "api.telegram.org/",
)  # fmt: skip


def _compiled(patterns: tuple[str, ...], flags: int = 0) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(one, flags | re.DOTALL) for one in patterns)


URL, TOKEN = _compiled(_URLS), _compiled(_TOKENS)
# Each of KEYED begins with what KEY finds; so it is tried there, and nowhere else.
KEY = re.compile(_KEY, re.IGNORECASE)
KEYED, AROUND = _compiled(_KEYED, re.IGNORECASE), _compiled(_AROUND, re.IGNORECASE)
HEADER = _compiled(_HEADERS, re.IGNORECASE)
LIST = re.compile(_LIST, re.IGNORECASE)
# `password = 'x'` may as well compare a column.
STRING = _compiled((rf"(?:{WORD}|{_SHORTS})=(?:''|[^\s'\"=])",), re.IGNORECASE)
SHORT = re.compile(
    r"(?<![^\W_])(?:pw|pwd|pass)(?:\\?['\"])?[\])]{0,3}(?:\s{0,20}[=:]|\s[^,;]{0,120}\bdefault\b)"
)
# Keys of settings; their values are not quoted everywhere.
SECRET_KEY = re.compile(rf"\w*{WORD}|(?:\w+_)?(?:pw|pwd|pass)", re.IGNORECASE)
