"""The words that options take."""

from enum import StrEnum


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


class Uuid(StrEnum):
    V4 = "v4"
    V7 = "v7"


class Color(StrEnum):
    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Values(StrEnum):
    STOP = "stop"
    NULL = "null"


class Orphans(StrEnum):
    STOP = "stop"
    NULL = "null"
    KEEP = "keep"


class OnDelete(StrEnum):
    CASCADE = "CASCADE"
    RESTRICT = "RESTRICT"
    SET_NULL = "SET NULL"
    SET_DEFAULT = "SET DEFAULT"
    NO_ACTION = "NO ACTION"
