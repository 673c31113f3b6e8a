"""Which table a column means, by its name alone.

A name only proposes: of the columns whose name fits a key and whose type does not, most mean
something else. Models or data have to confirm what is said here.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise, product

from remediate.findings import lists
from remediate.snapshots.tables import Name

Words = tuple[str, ...]
Index = Mapping[tuple[str, str], Collection[Name]]  # by schema ("" for all) and spelling

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_IRREGULAR = {"people": "person", "children": "child", "men": "man", "women": "woman"}
_PLURALS = (
    ("s", ""), ("ies", "y"), ("ses", "s"), ("ses", "sis"), ("xes", "x"), ("oes", "o"),
    ("zzes", "z"), ("ches", "ch"), ("shes", "sh"), ("ices", "ex"), ("ices", "ix"), ("ves", "f"),
)  # fmt: skip
_NO_PLURAL = re.compile(r"..?|news|series|species|lens|gas|bus|sms|gps|dns")
_MANY = re.compile(r".*[^isu]s|" + "|".join(_IRREGULAR))
_MARK = re.compile(r"id|uuid|guid|fk|ref|pk|key|oid|no")
_VAGUE = {"ref", "no"}  # of a business key as often as of an id
_FRONT = re.compile(r"id|uuid|guid|fk|ref")
_GLUED = re.compile(r"(.{3,}?)(?<!val|ybr)(?:uuid|guid|id|fk)|(?:id|fk)(?!entit)(.{3,})")
_ALWAYS_PREFIX = {"t", "tb", "tbl", "tab", "table", "dim"}
_PEOPLE = ("user", "account", "person", "member", "employee", "staff")
_ROLE = re.compile(
    r"actor|admin|administrator|approver|assignee|assigner|author|booster|commenter|creator|deleter"
    r"|editor|follow(?:er|ee)|initiator|invit(?:er|ee)|manager|moderator|operator|organi[sz]er"
    r"|owner|receiver|recipient|referrer|reporter|request[eo]r|resolver|reviewer|sender"
    r"|submitter|subscriber|supervisor|updater|uploader|verifier|voter"
)
_SUPERIOR = {"manager", "referrer", "supervisor"}  # of their like
_ACTOR = re.compile(
    r".*(?:ed|built|done|given|held|led|made|paid|read|run|seen|sent|set|sold|taken|won|written)by"
    r"|.*(?:assigned|delegated|escalated|reported|sent)to"
)
_OWN = re.compile(
    r"parent|root|prev(?:ious)?|next|original|ancestor|successor|predecessor|(?:in)?reply(?:to)?"
    r"|duplicate(?:of)?|(?:cloned|copied|derived|forked|split)from|mergedinto|reportsto|replaces"
    r"|supersedes|(?:preceded|replaced|succeeded|superseded)by"
)
_EXTERNAL = re.compile(
    r"ext|extern|external|foreign|remote|upstream|thirdparty|sourcesystem|legacy|old|import|imported"
    r"|migrated|provider|gateway|client|session|request|trace|tracking|span|correlation|idempotency"
    r"|message|webhook|token|device|imei|cookie|fingerprint|visitor|anonymous|transaction|txn|api"
    r"|oauth|oidc|openid|saml|sso|ldap|auth0|okta|cognito|firebase|keycloak|adyen|amazon|amplitude"
    r"|apple|asana|aws|azure|braintree|discord|ebay|etsy|facebook|fb|github|gitlab|google|hubspot"
    r"|instagram|intercom|jira|klarna|linkedin|magento|mailchimp|microsoft|mixpanel|mollie|netsuite"
    r"|paypal|plaid|quickbooks|razorpay|salesforce|sap|sfdc|shopify|slack|spotify|square|steam"
    r"|stripe|telegram|trello|twilio|twitch|twitter|whatsapp|wordpress|workday|xero|zendesk"
)
_NO_LETTER = re.compile(r"\[[^]]*\]|[^a-zA-Z0-9_]+")
_KINDS = ("type", "kind", "class", "model", "table", "contenttype")
_ANYTHING = {"object", "record", "row", "entity", "target", "subject", "resource", "item"}
_WHICH = re.compile(r"contenttype(?:id)?|(?:table|model|rel)name|(?:entity|object|record)type")


CONFIGURED = "configured"  # how: by the settings


@dataclass(frozen=True, slots=True)
class Match:
    """The table that a name speaks of, and how clearly."""

    target: Name
    how: str  # exact, prefix, suffix, role, bare, self or configured
    strength: int  # 3: its very name, 2: part of it, 1: a guess


@dataclass(frozen=True, slots=True)
class Parents:
    """Tables that a column can mean, by what may be written for their names."""

    full: Index
    short: Index  # without a prefix that they share with others
    called: Index  # letter by letter, with and without schema


def parents(tables: Iterable[Name]) -> Parents:
    """The index for `match` over the tables that have a key of one column."""
    said = {name: words(name.name) for name in tables}
    full = _index((s, name) for name, parts in said.items() for s in _spellings(parts))
    fronts = Counter((n.schema, parts[:size]) for n, parts in said.items() for size in (1, 2))
    entities = {spelling for _, spelling in full}
    short = _index(
        (spelling, name)
        for name, parts in said.items()
        for size in range(1, min(3, len(parts)))
        if parts[0] in _ALWAYS_PREFIX
        or (fronts[name.schema, parts[:size]] > 1 and not _spellings(parts[:size]) & entities)
        for spelling in _spellings(parts[size:])
    )
    return Parents(full, short, _index((c, n) for n in said for c in (n.name, ".".join(n))))


def match(
    table: Name, column: str, parents: Parents, *, configured: Mapping[str, str] = {}
) -> Match | None:
    """The one table that the column means by its name; None where none, or several, may be meant.

    `configured` maps globs of `column`, `table.column` or `schema.table.column` to a table, or to
    "" for no table at all, and has the last word. A key is matched like any other column.
    """
    said = configured_for(table, column, configured)
    if said is not None:
        meant = _near(parents.called, {said, lists.bare(said)}, table)
        readings = iter([(CONFIGURED, 3, meant)])
    else:
        readings = (r for stem in _stems(column) for r in _readings(*stem, table, parents))
    how, strength, found = next((r for r in readings if r[2]), ("", 0, set()))
    return Match(min(found), how, strength) if len(found) == 1 else None  # else ambiguous


def is_external(column: str, table: str = "") -> bool:
    """Whether the name speaks of somebody else's id: stripe_customer_id, trace_id, legacy_id.

    Words of `table`, the name of the table that is meant, do not count: beside a table `clients`
    a `client_id` is an id of ours.
    """
    ours = {form for phrase in _phrases(words(table)) for form in forms(phrase)}
    said = {form for parts, _ in _stems(column) for p in _phrases(parts) for form in forms(p)}
    return any(_EXTERNAL.fullmatch(word) for word in said - ours)


def is_polymorphic(column: str, siblings: Collection[str]) -> bool:
    """Whether another column of its table says row by row which table is meant."""
    others = {"".join(words(name)) for name in siblings}
    stems = {"".join(parts) for parts, _ in _stems(column)}
    beside = bool(others & {stem + kind for stem in stems for kind in _KINDS})
    return beside or bool(stems & _ANYTHING and any(map(_WHICH.fullmatch, others)))


@lru_cache(maxsize=1 << 16)
def words(name: str) -> Words:
    """userID, UserId and user_id are the words user and id."""
    return tuple(word for word in re.split(r"[\W_]+", _HUMP.sub("_", name).lower()) if word)


@lru_cache(maxsize=1 << 16)
def forms(word: str) -> Words:
    """The word, and each that it may be the plural of: also some that no dictionary has."""
    found = [word, _IRREGULAR.get(word, word)]
    if not _NO_PLURAL.fullmatch(word):
        found += [word.removesuffix(s) + one for s, one in _PLURALS if word.endswith(s)]
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=1 << 16)
def _spellings(parts: Words) -> frozenset[str]:
    """The words without gaps, in singular and plural: order_items, OrderItem, orderitems."""
    return frozenset("".join(p) for p in islice(product(*map(forms, parts)), 128) if p)


def _phrases(parts: Words) -> set[str]:
    """The words, and each two neighbours as one: GitHub, source_system."""
    return {*parts, *(a + b for a, b in pairwise(parts))}


@lru_cache(maxsize=1 << 16)
def _stems(column: str) -> tuple[tuple[Words, str], ...]:
    """What a column may speak of, and the mark that makes it a key ("" for the whole name)."""
    numbered = _unmarked(words(re.sub(r"\d+", "", column)))
    return (*_unmarked(words(column)), *((parts, mark) for parts, mark in numbered if mark))


def _unmarked(parts: Words) -> Iterator[tuple[Words, str]]:
    """The words, then without one mark after the other: api_key_id is of api_keys, not of apis."""
    mark = ""
    while parts:
        yield parts, mark
        if len(parts) > 1 and _MARK.fullmatch(parts[-1]):
            mark, parts = mark or parts[-1], parts[:-1]
        elif len(parts) > 1 and _FRONT.fullmatch(parts[0]):
            mark, parts = mark or parts[0], parts[1:]
        else:
            break
    glued = _GLUED.fullmatch(parts[-1] if parts else "")
    if glued and (glued[1] or len(parts) == 1):
        yield (*parts[:-1], glued[1] or glued[2]), mark or "id"


def _readings(
    parts: Words, mark: str, table: Name, parents: Parents
) -> Iterator[tuple[str, int, set[Name]]]:
    """How the words can be read, the clearest first: how, strength, the tables then meant."""
    clear, part = (1, 1) if mark in _VAGUE else (3, 2)
    said, own = "".join(parts), words(table.name)
    if mark:
        yield "exact", clear, _near(parents.full, _spellings(parts), table)
        yield "prefix", part, _near(parents.full, _spellings((*own, *parts)), table)
        yield "prefix", part, _short(parts, table, parents)
        for start in range(1, len(parts)) if not _FRONT.fullmatch(parts[0]) else ():
            yield "suffix", part, _near(parents.full, _spellings(parts[start:]), table)
            yield "suffix", 1, _short(parts[start:], table, parents)
    elif not _MANY.fullmatch(parts[-1]):
        yield "bare", 1, _named(parts, table, parents)
    if _OWN.fullmatch(said) or _is_one_of_these(parts, own):
        yield "self", part if mark else 1, {table} & _near(parents.called, {table.name}, table)
    if _ACTOR.fullmatch(said) or (mark and _ROLE.fullmatch(parts[-1])):
        yield "role", 2 if _ACTOR.fullmatch(said) else 1, _people(parts, table, parents)


def _is_one_of_these(parts: Words, own: Words) -> bool:
    """parent_node_id in tree_nodes."""
    same = _spellings(parts[1:]) & _spellings(own[1 - len(parts) :])
    return bool(same and _OWN.fullmatch(parts[0]))


def _people(parts: Words, table: Name, parents: Parents) -> set[Name]:
    """Where people are: users, or the single table that takes their place."""
    every = {name for word in _PEOPLE for name in _named((word,), table, parents)}
    if table in every and parts[-1] in _SUPERIOR:
        return {table}
    found = {name for name in every if name.schema == table.schema} or every
    return found & _named(("user",), table, parents) or found


def _named(parts: Words, table: Name, parents: Parents) -> set[Name]:
    return _near(parents.full, _spellings(parts), table) or _short(parts, table, parents)


def _short(parts: Words, table: Name, parents: Parents) -> set[Name]:
    """The tables with this name behind a prefix: those with the prefix of `table` first."""
    found = _near(parents.short, _spellings(parts), table)
    return {n for n in found if words(n.name)[:1] == words(table.name)[:1]} or found


def _near(index: Index, spellings: Collection[str], table: Name) -> set[Name]:
    """The tables under any of these spellings: those of the schema of `table` first."""
    own = {name for s in spellings for name in index.get((table.schema, s), ())}
    return own or {name for s in spellings for name in index.get(("", s), ())}


def configured_for(table: Name, column: str, configured: Mapping[str, str]) -> str | None:
    """What was set for the column: its very name before a glob, a long glob before a short one."""
    places = (column, f"{table.name}.{column}", f"{'.'.join(table)}.{column}")

    def exact(pattern: str) -> bool:
        return pattern in places or lists.bare(pattern) in places

    fitting = [p for p in configured if exact(p) or lists.is_fit(p, places)]
    return configured[max(fitting, key=lambda p: (exact(p), len(p)))] if fitting else None


def pattern_of_columns(globs: Iterable[str]) -> str:
    """A regular expression of PostgreSQL for the columns that such globs may name, and more."""
    lasts = (lists.bare(glob).rpartition(".")[2] for glob in globs)
    found = sorted({_NO_LETTER.sub(".*", last) for last in lasts})
    return f"^(.*[.])?({'|'.join(found)})$" if found else "^$"


def _index(pairs: Iterable[tuple[str, Name]]) -> Index:
    found: dict[tuple[str, str], dict[Name, None]] = {}
    for spelling, name in pairs:
        for schema in (name.schema, ""):
            found.setdefault((schema, spelling), {})[name] = None
    return {key: tuple(names) for key, names in found.items()}
