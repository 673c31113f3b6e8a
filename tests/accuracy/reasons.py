"""Why remediate misses a defect, or reports what works: a reason for each place, by hand."""

from remediate.analysis.matching import match, parents
from remediate.snapshots.tables import Name
from tests.accuracy.corpus import Corpus, Spot

CODE = "a function or a trigger draws the id, and remediate does not run functions"
EXPRESSION = "the default is an expression that remediate does not evaluate"
NO_KEY = (
    "the table has no primary key, and remediate looks for keys that nothing generates only there"
)
TEXT = "the key is a text, and PK001 looks at integer keys"
BY_NAME = "the default looks the sequence up by its name: PK002 tells that, and not how far it is"
PART = "the unique index has some rows only"
OWN = "one partition has a sequence of its own, which PK007 tells, and not how far it is"
SHARE = "SEQ002 goes by the share of ids that is used, and most of a very short sequence is left"
LATER = "it works until somebody renames the sequence or sets another search_path"
AT_1001 = "INSERT number 1,001 fails, one after the last that is tried"
CYCLE = "it works until the sequence starts again at its end"
FAR = "SEQ002 warns early: more than 1,000 ids are left"
UNIQUE = "a unique index keeps out duplicates, but the model's primary key is not there"
NAMED_OTHERWISE = "the column's name does not name the table of the key"
HOPELESS = "the label itself admits that the data does not tell"
WEAK = "the name fits, but too few rows, or values that fit too loosely, for a claim"

KEYS = {
    "zoo: z.by_null": CODE,
    "zoo: z.by_plain": CODE,
    "zoo: z.by_atomic": CODE,
    "zoo: z.no_key_lost": NO_KEY,
    "zoo: z.late_behind": BY_NAME,
    "zoo: z.parts_own_2": OWN,
    "zoo: z.sum_used": EXPRESSION,
    "zoo: z.unique_partial": PART,
    "zoo: z.past_the_end": SHARE,
    "zoo: z.past_the_end_down": SHARE,
    "zoo: z.start_far": FAR,
    "zoo: z.at_1001": AT_1001,
    "zoo: z.cycles": CYCLE,
    "lessons: old dumps, with sequences of every kind: public.turning": CYCLE,
    "lessons: old dumps, with sequences of every kind: public.late": LATER,
    "hard: triggers and functions: public.drafts": CODE,
    "hard: triggers and functions: public.receipts": CODE,
    "hard: triggers and functions: public.coupons": CODE,
    "hard: keys of several columns: public.comments": NO_KEY,
    "hard: keys of several columns: public.documents": TEXT,
    "hard: sequences near, at and past an end: public.called": CODE,
    "hard: primary keys that the models declare: public.unique_key": UNIQUE,
    **{
        f"zoo: z.late{rest}": LATER
        for rest in ("", "_qualified", "_quoted", "_shadowed", "_spaced", "_upper", "_varchar")
    },
}


def reason(corpus: Corpus, spot: Spot) -> tuple[str, str]:
    """Why it is missed, or reported although it works, and more about this place; raises
    LookupError where nobody knows.
    """
    if why := corpus.hopeless.get(str(spot)):
        return HOPELESS, why
    if key := corpus.means.get(str(spot)):
        return _of_reference(corpus, spot, key), ""
    return KEYS[f"{corpus.name}: {spot}"], ""


def _of_reference(corpus: Corpus, spot: Spot, key: str) -> str:
    schema, table = spot.table.split(".")
    known = {Name(*k.rsplit(".", 1)[0].split(".")): k for k in corpus.means.values()}
    found = match(Name(schema, table), spot.column, parents({n: known[n] for n in known}))
    named = found and known.get(found.target) == key
    return WEAK if named else NAMED_OTHERWISE
