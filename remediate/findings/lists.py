"""Several names in one word, with commas between them: A,B means what two options A and B mean."""

import re
from collections.abc import Collection, Iterable, Iterator
from fnmatch import fnmatchcase
from functools import cache

# A comma within double quotes or within the brackets of a glob parts nothing.
_PART = re.compile(r'(?:"(?:[^"]|"")*"|\[[^]]*\]|[^,])+')
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')


def parts(words: Iterable[str]) -> tuple[str, ...]:
    """Each name in these words, without the spaces around it."""
    return tuple(
        part for word in words for one in _PART.findall(word) if (part := one.strip()) != ""
    )


def pairs(words: Iterable[str]) -> dict[str, str]:
    """Names with what is said of each: A=1,B=2. A name may have a comma of its own."""
    found: dict[str, str] = {}
    for word in words:
        several = parts([word])
        each = several if all("=" in one for one in several) else (word,)
        found |= (one.rpartition("=")[::2] for one in each)
    return found


def known_parts(word: str, known: Collection[str]) -> tuple[str, ...]:
    """The names in a word, of which those that are known may hold commas themselves.

    What differs from one of these in the quotes of SQL alone is that one.
    """
    spelled = {bare(name): name for name in known}
    return tuple(
        name if name in known else spelled.get(bare(name), name) for name in _parted(word, known)
    )


def _parted(word: str, known: Collection[str]) -> tuple[str, ...]:
    if word.strip() in known:
        return (word.strip(),)
    with_commas = sorted((k for k in known if "," in k and k in word), key=len, reverse=True)
    for name in with_commas:
        before, _, after = word.partition(name)
        if before.rstrip()[-1:] in ("", ",") and after.lstrip()[:1] in ("", ","):
            return (*_parted(before, known), name, *_parted(after, known))
    return parts([word])


@cache
def _globs(pattern: str) -> tuple[str, ...]:
    """Every glob that a pattern may mean: the whole, and its parts, also without their quotes."""
    found = parts([pattern])
    return tuple(dict.fromkeys((pattern, *found, *map(bare, found))))


@cache
def bare(text: str) -> str:
    """Names as the catalog has them, without the quotes of SQL: public."user" is public.user."""
    return _QUOTED.sub(lambda quoted: quoted[1].replace('""', '"'), text)


def is_fit(pattern: str, spellings: Collection[str]) -> bool:
    """Whether a glob, with or without the quotes of SQL, fits one of the spellings of a name."""
    globs = dict.fromkeys((pattern, bare(pattern)))
    return any(fnmatchcase(text, glob) for glob in globs for text in spellings)


def lacking(patterns: Iterable[str], known: Collection[str]) -> Iterator[str]:
    """What fits nothing that is known: whole patterns, or parts of those that hold several."""
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in known):
            yield from (p for p in parts([pattern]) if not any(fits(name, [p]) for name in known))


def fits(text: str, patterns: Iterable[str]) -> bool:
    """Whether one of the patterns fits, or a part of one."""
    return any(fnmatchcase(text, glob) for pattern in patterns for glob in _globs(pattern))
