"""`remediate check`: what nobody has accepted is red, what is accepted is silent."""

import json
import os
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest

from remediate.analysis.facts import QuestionFacts
from remediate.commands import check as checking
from remediate.commands.repository import repository
from remediate.config import Config
from remediate.errors import UsageProblem
from remediate.findings.finding import Confidence, Facts, Finding, Place, Severity, Unverified
from remediate.findings.remedy import Manual
from remediate.findings.selection import Ignored, split, unused
from remediate.plans.baseline import Checked, Entry, Look, compared, dumps, loads, updated
from remediate.plans.plan import Item, Plan
from remediate.render import check as rendered
from remediate.render.checked import beside
from remediate.rules import RULES
from remediate.snapshots.live import NO_DATABASE
from remediate.snapshots.tables import Name, Source
from remediate.system.formats import PlanFormat
from remediate.system.paths import Repository
from tests.support import helpers
from tests.support.project import ALEMBIC_INI, ENV, Project

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
CODES = frozenset(rule.code for rule in RULES)
BASELINE = "remediate-baseline.json"
HOSTILE = [
    'a "quoted" name', "with.dot", "two\nlines", "größe_表", "100%:,", "back\\slash", "[brackets]*",
    "left\u202eright", "line\u2028end", "'; DROP TABLE t; --", "\x7f", "😀",
]  # fmt: skip


def finding(
    rule: str = "PK001", table: str | None = "t", severity: Severity = ERROR, **more: object
) -> Finding:
    place = Place(Name("public", table), "id") if table else Place(subject="Base.metadata")
    given: dict[str, object] = {"place": place, "message": f"{place} is broken", "model": None}
    given["facts"] = Facts()
    return Finding(
        rule=rule, name="some-name", severity=severity, confidence=Confidence.PROVEN,
        **(given | more),  # type: ignore[arg-type]
    )  # fmt: skip


def plan(*findings: Finding, **more: object) -> Plan:
    items = tuple(Item.of(one, Manual("think")) for one in findings)
    return Plan(database=NO_DATABASE, items=items, **more)  # type: ignore[arg-type]


def look(
    *rules: str,
    sees: Callable[[Entry], bool] = lambda entry: True,
    side: str = "",
    engine: str = "",
) -> Look:
    return Look(frozenset(rules or CODES), sees, side, engine)


def accepted(*findings: Finding, **more: str) -> tuple[Entry, ...]:
    """A baseline of these, read back from its text."""
    return loads(dumps(updated(compared(plan(*findings), (), look(**more)))), BASELINE)


def ids(made: Checked) -> dict[str, list[str]]:
    return {
        "new": [item.finding.id for item in made.new],
        "known": list(made.accepted),
        "stale": [entry.id for entry in made.stale],
    }


def test_old_debt_is_known_new_debt_is_new_and_what_was_repaired_is_stale() -> None:
    entries = accepted(finding(table="past"), finding(table="repaired"))
    made = compared(plan(finding(table="past"), finding(table="added")), entries, look())
    assert ids(made) == {
        "new": ["PK001:public.added.id"], "known": ["PK001:public.past.id"],
        "stale": ["PK001:public.repaired.id"],
    }  # fmt: skip
    after = compared(made.plan, updated(made), look())
    assert ids(after)["new"] == ids(after)["stale"] == []
    assert len(after.accepted) == 2


def test_what_became_worse_is_new_again_and_says_so() -> None:
    entries = accepted(finding(severity=WARNING))
    milder = compared(plan(finding(severity=INFO)), entries, look())
    assert not milder.new
    made = compared(plan(finding(severity=ERROR)), entries, look())
    assert [i.finding.id for i in made.new] == ["PK001:public.t.id"]
    assert not made.accepted
    (new,) = made.to_report
    assert new.finding.message.endswith("(the baseline accepts it as warning, but it is error)")
    (entry,) = updated(made)
    assert (entry.severity, "accepts" in entry.message) == (ERROR, False)


def test_what_is_accepted_for_many_places_hides_no_other_place() -> None:
    def asked(*tables: str) -> Finding:
        facts = QuestionFacts(tuple(("public", table, "id") for table in tables))
        return finding(place=Place(), facts=facts, severity=INFO, message="nothing fills these")

    def without(table: str) -> Look:
        return look(sees=lambda entry: entry.table != Name("public", table))

    entries = accepted(asked("a", "b"))
    assert not compared(plan(asked("b")), entries, look()).new
    made = compared(plan(asked("a", "b", "c", "d.e")), entries, look())
    assert ids(made) == {"new": ["PK001:database"], "known": [], "stale": []}
    assert not made.worse
    assert made.to_report[0].finding.message == (
        'nothing fills these (not in the baseline: public.c.id and public."d.e".id)'
    )
    assert not compared(made.plan, updated(made), look()).new
    (narrow,) = updated(compared(plan(asked("b")), entries, without("a")))
    assert narrow == entries[0]
    for narrower in (without("a"), without("b")):
        made_of_none = compared(plan(), entries, narrower)
        assert (ids(made_of_none)["stale"], updated(made_of_none)) == ([], entries)
    assert ids(compared(plan(), entries, look()))["stale"] == ["PK001:database"]
    (fewer,) = updated(compared(plan(asked("b")), entries, look()))
    assert fewer.places == (("public", "b", "id"),)
    old = (replace(entries[0], places=()),)
    assert not compared(made.plan, old, look()).new
    assert len(updated(compared(made.plan, old, look()))[0].places) == 4


def test_an_update_keeps_reasons_and_what_still_holds() -> None:
    before = [Entry("PK001:public.t.id", WARNING, "as it was", Name("public", "t"), reason="why")]
    (same,) = updated(compared(plan(finding(severity=WARNING)), before, look()))
    assert same == before[0]
    (worse,) = updated(compared(plan(finding(severity=ERROR)), before, look()))
    assert (worse.severity, worse.message, worse.reason) == (ERROR, "public.t.id is broken", "why")


def test_an_accepted_error_may_come_and_go_as_a_warning() -> None:
    """Statistics move severities: an update with the milder one takes nothing back."""
    made = compared(plan(finding(severity=WARNING)), accepted(finding(severity=ERROR)), look())
    assert updated(made) == made.entries


@pytest.mark.parametrize(
    "narrow",
    [
        look("SEQ001"),
        look(sees=lambda entry: entry.table != Name("public", "t")),
        look(side="models"),
        look(side="revisions"),
        look(engine="engine2"),
    ],
)
def test_what_a_run_did_not_look_at_is_neither_stale_nor_removed(narrow: Look) -> None:
    entries = accepted(finding())
    made = compared(plan(), entries, narrow)
    assert made.stale == ()
    assert updated(made) == entries
    assert compared(plan(), entries, look()).stale == entries


def test_each_kind_of_run_answers_for_what_it_accepted() -> None:
    """--versions-only reads every revision, a database only those that have not run."""
    unsafe = finding("MD008", None)
    entries = accepted(unsafe, side="revisions")
    assert not compared(plan(unsafe), entries, look()).new
    assert not compared(plan(), entries, look()).stale
    assert compared(plan(), entries, look(side="revisions")).stale == entries
    assert updated(compared(plan(unsafe), entries, look())) == entries
    milder = accepted(finding("MD008", None, WARNING), side="revisions")
    assert updated(compared(plan(unsafe), milder, look())) == entries  # also where it became worse


def test_what_one_of_several_databases_accepted_says_nothing_of_another() -> None:
    entries = accepted(finding(), engine="engine1")
    made = compared(plan(finding()), entries, look(engine="engine2"))
    assert len(made.new) == 1
    assert {entry.engine for entry in updated(made)} == {"engine1", "engine2"}


def sees(entry: Entry, config: Config = Config(), **more: object) -> bool:
    return checking._sees(config, plan(**more))(entry)


def test_what_could_not_be_read_is_not_stale() -> None:
    (entry,) = accepted(finding())
    (model,) = accepted(finding("MD006", None))
    no_rows = Unverified(Place(Name("public", "t"), "id"), "no privilege", "GRANT")
    no_file = Unverified(Place(subject="app/models.py"), "not imported", "import it")
    assert sees(entry)
    assert not sees(entry, unverified=(no_rows,))
    assert sees(model, unverified=(no_rows,))
    assert sees(entry, unverified=(no_file,))
    assert not sees(model, unverified=(no_file,))
    assert not sees(entry, left_out=(Name("public", "t"),))


def test_tables_and_schemas_limit_what_is_looked_at() -> None:
    (entry,), (other,) = accepted(finding()), accepted(finding("AL001", None))
    assert sees(entry, Config(table=("public.*",), schema=("pub*",)))
    assert not sees(entry, Config(table=("u*",)))
    assert not sees(entry, Config(schema=("app",)))
    assert sees(other, Config(table=("u*",)))  # it is about no table
    (old,) = accepted(finding(place=Place()))  # without its places
    assert sees(old)
    assert not sees(old, Config(table=("u*",)))
    assert not sees(old, left_out=(Name("public", "t"),))
    assert sees(replace(old, places=(("public", "t", "id"),)), Config(table=("u*",)))


def test_rules_limit_what_is_looked_at() -> None:
    def rules(config: Config, side: str = "", **more: object) -> frozenset[str]:
        return checking._look(config, side, plan(**more)).rules

    assert rules(Config(select=("PK001",)), heads=()) == {"PK001"}
    assert "PK001" not in rules(Config(ignore=("PK001",)), heads=())
    assert "FK007" not in rules(Config(), heads=())  # found only where it is asked for
    assert {"MD008", "AL001", "PK001"} <= rules(Config(), heads=())
    assert {"MD008", "AL001", "PK001"} & rules(Config()) == {"PK001"}  # outside a project
    assert rules(Config(), "revisions") == {"AL001", "AL002", "MD008", "SEC001"}


def test_the_file_has_a_line_for_each_entry() -> None:
    entries = accepted(finding(table="b"), finding(table="a"), finding("MD006", None, WARNING))
    lines = dumps(entries).splitlines()
    assert json.loads(dumps(entries))["format"] == "remediate.baseline/1"
    assert [json.loads(line.rstrip(","))["id"] for line in lines[3:-3]] == [
        "MD006:Base.metadata", "PK001:public.a.id", "PK001:public.b.id",
    ]  # fmt: skip
    assert json.loads(lines[4].rstrip(",")) == {
        "id": "PK001:public.a.id", "rule": "PK001", "severity": "error", "schema": "public",
        "table": "a", "message": "public.a.id is broken",
    }  # fmt: skip
    one_less = dumps(e for e in entries if e.table != Name("public", "b")).splitlines()
    assert set(one_less) < set(lines)  # no other line changes


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_survive(name: str) -> None:
    place = Place(Name(name, name), name)
    one = finding(place=place, message=f"{place} is broken: {name}")
    entries = accepted(one)
    assert len(dumps(entries).splitlines()) == 7
    assert entries[0].id == f"PK001:{place}"
    assert entries[0].table == (name, name)
    assert ids(compared(plan(one), entries, look()))["known"] == [one.id]
    assert split([one], {one.id: "why"}) == ((), (Ignored(one.id, "why"),))


def test_merges_of_git_are_read() -> None:
    """Both branches accepted something, and one thing both: with merge=union lines add up."""
    ours = dumps(accepted(finding(table="a"), finding(table="b"))).splitlines()
    milder = finding(table="b", severity=WARNING)
    theirs = dumps(accepted(milder, finding(table="c"))).splitlines()
    theirs[3] = theirs[3].replace("}", ', "reason": "later"}')
    union = "\n".join([*ours[:5], *theirs[3:5], *ours[5:]])
    made = {entry.id: entry for entry in loads(union, BASELINE)}
    assert list(made) == ["PK001:public.a.id", "PK001:public.b.id", "PK001:public.c.id"]
    assert made["PK001:public.b.id"].severity is ERROR
    assert made["PK001:public.b.id"].reason == "later"


DAMAGED = [
    ("", "is damaged: it is not JSON"),
    ("{", "is damaged: it is not JSON"),
    ("[" * 100_000, "is damaged: it is not JSON"),
    ("[]", "is not a baseline of remediate"),
    ('{"format": "remediate.plan/1"}', "is not a baseline of remediate"),
    ('{"results": []}', "is not a baseline of remediate"),
    ('{"format": "remediate.baseline/2", "findings": 3}', "this version of remediate reads"),
    ('{"format": "remediate.baseline/1"}', "it has no list of findings"),
    ('{"format": "remediate.baseline/1", "findings": ["PK001"]}', '"PK001" is not an entry'),
    ('{"format": "remediate.baseline/1", "findings": [{"id": 3}]}', "is not an entry"),
    ('{"format": "remediate.baseline/1", "findings": [{"id": "a"}]}', "lacks an id or a severity"),
    (
        '{"format": "remediate.baseline/1", "findings": [{"id": "a", "severity": "info", "places": [["s"]]}]}',
        "are not places",
    ),
    ("{\n<<<<<<< HEAD\n}", "line 2 is a conflict marker of git"),
]


@pytest.mark.parametrize(("text", "sentence"), DAMAGED)
def test_what_is_no_baseline_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(UsageProblem) as raised:
        loads(text, BASELINE)
    assert sentence in raised.value.message
    assert BASELINE in raised.value.message
    assert "\n" not in raised.value.message


def test_fields_of_a_later_version_do_not_matter() -> None:
    text = dumps(accepted(finding())).replace('"rule"', '"ticket": 12, "rule"')
    assert len(loads(text, BASELINE)) == 1


def test_line_ends_and_a_byte_order_mark_do_not_matter(tmp_path: Path) -> None:
    file = tmp_path / BASELINE
    entries = accepted(finding(table="a"), finding(table="b"))
    file.write_bytes(b"\xef\xbb\xbf" + dumps(entries).replace("\n", "\r\n").encode())
    assert checking.read(file, needed=True) == entries
    checking.write(file, entries[:1])
    assert file.read_bytes().count(b"\r\n") == file.read_bytes().count(b"\n") == 7


def test_the_file_is_written_at_once_through_links_and_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    file, link = tmp_path / "real" / BASELINE, tmp_path / BASELINE
    link.symlink_to(file)
    checking.write(link, accepted(finding()))
    assert link.is_symlink()
    assert stat.S_IMODE(file.stat().st_mode) == 0o666 & ~_umask()
    file.chmod(0o640)
    checking.write(link, ())
    assert checking.read(file, needed=True) == ()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [p.name for p in file.parent.iterdir()] == [BASELINE]


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="there is no folder"):
        checking.write(tmp_path / "nowhere" / BASELINE, ())
    with pytest.raises(UsageProblem, match="there is no baseline"):
        checking.read(tmp_path / BASELINE, needed=True)
    assert checking.read(tmp_path / BASELINE, needed=False) == ()
    with pytest.raises(UsageProblem, match="cannot be written"):
        checking.write(tmp_path, ())
    with pytest.raises(UsageProblem, match="cannot be read"):
        checking.read(tmp_path, needed=False)
    latin = tmp_path / BASELINE
    latin.write_bytes(b'{"format": "\xff"}')
    with pytest.raises(UsageProblem, match="it is not UTF-8"):
        checking.read(latin, needed=False)


def test_a_read_only_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / BASELINE
    file.write_text("{}")
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write everything
    with pytest.raises(UsageProblem, match="cannot be written: it is read-only"):
        checking.write(file, accepted(finding()))
    assert file.read_text() == "{}"


IGNORED = [
    ("FK006:public.log_2024.id", True),
    ("fk006:public.log_2024.id", True),
    ("FK006:public.log_*", True),
    ("FK*", True),
    ("*:public.log_????.id", True),
    ("FK006:public.log", False),
    ("PK001:public.log_*", False),
    ("FK006:PUBLIC.log_*", False),
]


@pytest.mark.parametrize(("pattern", "fits"), IGNORED)
def test_findings_are_ignored_by_id_and_glob(pattern: str, *, fits: bool) -> None:
    one = finding("FK006", "log_2024")
    kept, out = split([one, finding()], {pattern: "written once, never deleted"})
    assert out == ((Ignored(one.id, "written once, never deleted"),) if fits else ())
    assert kept == ((finding(),) if fits else (one, finding()))
    assert unused(out, {pattern: "why"}) == (() if fits else (pattern,))


def test_a_rule_that_is_ignored_as_a_whole_is_never_useless() -> None:
    reasons = {"fk006": "policy", "FK006:public.t.id": "why"}
    _, out = split([], reasons)
    assert out == (Ignored("FK006", "policy"),)
    assert unused(out, reasons) == ("FK006:public.t.id",)


# What GitHub and other readers get.

HERE = Repository(Path("/repo"), Path("/repo/my app/alembic.ini"))
IN_MODELS = finding(table="a", model=Source("/repo/my app/models.py", 12))
ELSEWHERE = finding("FK006", "b", WARNING, model=Source("/usr/lib/package/models.py", 3))
NOWHERE = finding("MD006", None, INFO)


def sarif(made: Checked) -> Mapping[str, object]:
    log = json.loads(rendered(made, "sarif", HERE))
    assert (log["version"], log["$schema"][:8], len(log["runs"])) == ("2.1.0", "https://", 1)
    run = log["runs"][0]
    assert isinstance(run, dict)
    return run


def test_sarif_holds_what_github_requires() -> None:
    """GitHub says what:

    https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
    """
    run = sarif(compared(plan(IN_MODELS, ELSEWHERE, NOWHERE), (), look()))
    driver = run["tool"]["driver"]  # type: ignore[index]
    assert driver["name"] == "remediate"
    for rule in driver["rules"]:
        assert re.fullmatch(r"[A-Z]+\d+", rule["id"])
        for text in (rule["name"], rule["help"]["text"], rule["help"]["markdown"]):
            assert text.strip()
        for text in (rule["shortDescription"]["text"], rule["fullDescription"]["text"]):
            assert 10 < len(text) <= 1024
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
        assert rule["help"]["markdown"].count("```") % 2 == 0
    results = run["results"]
    assert isinstance(results, list)
    for result in results:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        (location,) = result["locations"]
        file = location["physicalLocation"]["artifactLocation"]
        assert file["uriBaseId"] == "%SRCROOT%"
        assert not re.search(r"^/|^[a-z]+:| |\\", file["uri"])
        assert {"startLine", "startColumn", "endLine", "endColumn"} == set(
            location["physicalLocation"]["region"]
        )
        assert result["partialFingerprints"]["primaryLocationLineHash"]


def test_sarif_names_levels_and_places() -> None:
    results = sarif(compared(plan(IN_MODELS, ELSEWHERE, NOWHERE), (), look()))["results"]
    assert isinstance(results, list)
    assert [r["level"] for r in results] == ["error", "warning", "note"]
    places = [r["locations"][0]["physicalLocation"] for r in results]
    assert [unquote(p["artifactLocation"]["uri"]) for p in places] == [
        "my app/models.py", "my app/alembic.ini", "my app/alembic.ini",
    ]  # fmt: skip
    assert [p["region"]["startLine"] for p in places] == [12, 1, 1]
    assert [r["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] for r in results] == [
        "public.a.id", "public.b.id", "Base.metadata",
    ]  # fmt: skip


def test_sarif_tells_findings_apart_that_share_a_line() -> None:
    """The key of a mixin is written once for many tables."""
    line = Source("/repo/models.py", 5)
    twins = [finding(table=name, model=line) for name in ("a", "b")]
    moved = finding(table="a", model=Source("/repo/models.py", 99))
    results = sarif(compared(plan(*twins, moved), (), look()))["results"]
    assert isinstance(results, list)
    first, second, third = (r["partialFingerprints"] for r in results)
    assert first != second
    assert first == third


def test_sarif_says_what_is_known_and_why() -> None:
    entries = [Entry(IN_MODELS.id, ERROR, "", reason="waits for the new year")]
    run = sarif(compared(plan(IN_MODELS, NOWHERE), entries, look(side="models")))
    known, new = run["results"]  # type: ignore[misc]
    assert known["baselineState"] == "unchanged"
    assert known["suppressions"] == [
        {"kind": "external", "justification": "waits for the new year"}
    ]
    assert (new["baselineState"], new["suppressions"]) == ("new", [])
    assert run["automationDetails"] == {"id": "remediate/models/"}


def test_sarif_tells_what_was_not_verified() -> None:
    unread = Unverified(Place(Name("public", "t"), "id"), "no privilege", "GRANT SELECT ...")
    run = sarif(compared(plan(unverified=(unread,)), (), look()))
    (note,) = run["invocations"][0]["toolExecutionNotifications"]  # type: ignore[index]
    assert note["message"]["text"] == "not verified: public.t.id: no privilege. GRANT SELECT ..."


@pytest.mark.parametrize("format_", [PlanFormat.TEXT, PlanFormat.MARKDOWN, PlanFormat.HTML])
def test_what_is_known_or_unread_is_not_called_nothing(format_: PlanFormat) -> None:
    unread = Unverified(Place(Name("public", "t"), "id"), "no privilege", "GRANT SELECT ...")
    known = replace(compared(plan(finding()), accepted(finding()), look()), file="b.json")
    some = compared(plan(unverified=(unread,)), (), look())
    for made, said in (
        (known, "Nothing new: 1 known in b.json."),
        (some, "Nothing found in what could be read."),
        (compared(plan(), (), look()), "Nothing to repair."),
    ):
        shown = rendered(made, format_, HERE)
        is_page = format_ is PlanFormat.HTML  # which has it as its title, too
        heading = f"<h1>{said.rstrip('.')}</h1>" if is_page else said
        assert (heading in shown, shown.count("Nothing ")) == (True, 2 if is_page else 1)
        assert "PostgreSQL" not in shown  # none was read


def github(*findings: Finding) -> list[str]:
    return rendered(compared(plan(*findings), (), look()), "github", HERE).splitlines()


def test_annotations_stand_beside_their_line() -> None:
    assert github(IN_MODELS, ELSEWHERE, NOWHERE) == [
        "::error file=my app/models.py,line=12,title=PK001 some-name::public.a.id is broken",
        "::warning title=FK006 some-name::public.b.id is broken",
        "::notice title=MD006 some-name::Base.metadata is broken",
    ]


def test_annotations_hold_only_what_is_new_and_say_what_became_worse() -> None:
    entries = accepted(finding(table="past"), finding(table="bad", severity=WARNING))
    made = compared(plan(finding(table="past"), finding(table="bad")), entries, look())
    (line,) = rendered(made, "github", HERE).splitlines()
    assert "public.bad.id is broken (the baseline accepts it as warning, but it is error)" in line


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_escapes_from_an_annotation(name: str) -> None:
    one = finding(message=f"{name}\r\n::stop-commands::x", model=Source(f"/repo/{name}/m.py", 1))
    (line,) = rendered(compared(plan(one), (), look()), "github", HERE).split("\n")
    command = re.fullmatch(r"::error file=([^,:]*),line=1,title=PK001 some-name::([^\r]*)", line)
    assert command
    file, message = (
        re.sub("%(25|0D|0A|3A|2C)", lambda m: unquote(m[0]), t) for t in command.groups()
    )
    assert file == f"{name}/m.py"
    assert message.startswith("public.t.id: ")
    assert message.isprintable()
    assert "%" not in re.sub("%(25|0D|0A)", "", command[2])


def test_counts_and_stale_entries_are_said_beside() -> None:
    entries = accepted(finding(table="past"), finding(table="two\nlines"))
    text = beside(compared(plan(finding(table="past"), finding(table="new")), entries, look()))
    assert text.startswith("1 new, 1 known, 1 stale")
    assert '  PK001:public."two\\nlines".id' in text.splitlines()
    assert beside(compared(plan(), (), look())) == ""


# With files.

REVISION = '''"""wider"""
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = {down}


def upgrade() -> None:
    op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True))
    op.alter_column("users", "id", existing_type=sa.Integer(), type_=sa.BigInteger())
'''


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A project in a folder of a repository, without a database."""
    (tmp_path / ".git").mkdir()
    folder = tmp_path / "backend"
    (folder / "migrations" / "versions").mkdir(parents=True)
    (folder / "alembic.ini").write_text(ALEMBIC_INI)
    (folder / "migrations" / "env.py").write_text("")
    (folder / "migrations" / "versions" / "0001_wider.py").write_text(REVISION.format(down=None))
    return folder


def of_versions(folder: Path, *, update: bool = False, **more: object) -> Checked:
    config = Config(config=str(folder / "alembic.ini"), **more)  # type: ignore[arg-type]
    return checking.check(config, checking.CheckOptions("revisions", update))


def test_the_baseline_stands_beside_alembic_ini(files: Path) -> None:
    assert ids(of_versions(files))["new"] == ["MD008:0001:11"]
    made = of_versions(files, update=True)
    assert (made.added, made.removed) == (1, 0)
    assert (files / BASELINE).exists()
    assert ids(of_versions(files)) == {"new": [], "known": ["MD008:0001:11"], "stale": []}
    lost = REVISION.format(down='"no"').replace("0001", "0002")
    (files / "migrations" / "versions" / "0002_lost.py").write_text(lost)
    lost_parent = "AL001:0002"
    assert sorted(ids(of_versions(files))["new"]) == [lost_parent, "MD008:0002:11"]
    made = of_versions(files, update=True, select=("AL001",))
    assert [entry.id for entry in made.entries] == ["MD008:0001:11", lost_parent]


def test_files_are_named_from_the_root_of_the_repository(files: Path) -> None:
    where = repository(Config(config=str(files / "alembic.ini")))
    log = json.loads(rendered(of_versions(files), "sarif", where))
    location = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "backend/migrations/versions/0001_wider.py"
    assert where.path(where.settings) == "backend/alembic.ini"


def test_what_is_ignored_is_left_out_and_what_fits_nothing_is_named(files: Path) -> None:
    reasons = {
        "MD008:0001:*": "runs on an empty table",
        "MD008:0002:*": "",
        "PK001:a.b": "",
        "FK*": "",
    }
    made = of_versions(files, ignored=reasons)
    assert ids(made)["new"] == []
    assert made.unused == ("MD008:0002:*",)  # of the others this run can say nothing
    with pytest.raises(UsageProblem, match="there is no rule 'MD999'"):
        of_versions(files, ignored={"MD999:0001": "why"})


def test_a_baseline_that_is_named_has_to_be_there(files: Path, tmp_path: Path) -> None:
    other = str(tmp_path / "other.json")
    with pytest.raises(UsageProblem, match="there is no baseline"):
        of_versions(files, baseline=other)
    of_versions(files, baseline=other, update=True)
    assert not of_versions(files, baseline=other).new
    with pytest.raises(UsageProblem, match="there is no folder"):
        of_versions(files, baseline=str(tmp_path / "no" / "b.json"), update=True)


# The whole way.


def test_the_whole_way(project: Project) -> None:
    check = ("remediate", "check", "--select", "PK001")
    first = project.run(*check, expected=1)
    assert "public.t.id" in first.stdout
    assert first.stderr == "To accept what is new, run it again with --update-baseline.\n"
    accepting = project.run(*check, "--update-baseline")
    assert accepting.stdout.splitlines() == [
        "remediate-baseline.json: 1 accepted, 1 of them new; 0 removed.", "",
        "Next:  git add remediate-baseline.json   (then commit it)",
    ]  # fmt: skip
    silent = project.run(*check)
    assert silent.stderr == "0 new, 1 known, 0 stale   (remediate-baseline.json)\n"
    assert silent.stdout.splitlines() == [
        "Nothing new: 1 known in remediate-baseline.json.", "",
        "Next:  remediate plan   (shows them)",
    ]  # fmt: skip
    with helpers.connected(project.url) as connection:
        connection.execute("ALTER TABLE t RENAME id TO number")
    env = project.folder / "migrations" / "env.py"
    env.write_text(env.read_text().replace('Column("id"', 'Column("number"'))
    renamed = project.run(*check, "-f", "json", expected=1)
    assert json.loads(renamed.stdout)["baseline"] == {
        "known": 0, "new": ["PK001:public.t.number"], "worse": {},
        "stale": ["PK001:public.t.id"], "unused": [],
    }  # fmt: skip
    assert "  PK001:public.t.id\n" in renamed.stderr
    with helpers.connected(project.url) as connection:
        connection.execute("ALTER TABLE t ALTER number ADD GENERATED BY DEFAULT AS IDENTITY")
    repaired = project.run(*check)
    assert "1 stale" in repaired.stderr  # who repairs something is not punished
    (project.folder / BASELINE).write_text("{")
    damaged = project.run(*check, "--update-baseline", expected=2)
    assert damaged.stderr.startswith("remediate: the baseline remediate-baseline.json is damaged")
    assert (project.folder / BASELINE).read_text() == "{"


def test_a_plan_has_the_same_formats(project: Project) -> None:
    made = json.loads(project.run("remediate", "plan", "-f", "sarif").stdout)["runs"][0]
    assert "PK001:public.t.id" in [r["properties"]["id"] for r in made["results"]]
    assert "baselineState" not in made["results"][0]
    assert "::error title=PK001 " in project.run("remediate", "plan", "-f", "github").stdout


def test_the_settings_name_the_baseline_and_what_is_ignored(project: Project) -> None:
    settings = project.folder / "pyproject.toml"
    settings.write_text(
        '[tool.remediate]\nbaseline = "accepted.json"\nselect = ["PK001"]\n'
        '[tool.remediate.ignore]\n"PK001:public.t.*" = "filled by hand"\n"PK001:public.x" = "gone"\n'
    )
    made = project.run("remediate", "check", "--update-baseline", "-f", "json")
    document = json.loads(made.stdout)
    assert document["findings"] == []
    assert document["baseline"]["unused"] == ["PK001:public.x"]
    assert "  PK001:public.x\n" in made.stderr
    assert (project.folder / "accepted.json").exists()


def test_nothing_read_is_no_success(project: Project) -> None:
    """A wrong folder, or a MetaData without a model, would be green for ever."""
    (project.folder / "migrations" / "env.py").write_text(ENV.replace("{models}", ""))
    refused = project.run("remediate", "check", "--versions-only", expected=2)
    assert "no revision was read in migrations/versions, so nothing was checked" in refused.stderr
    refused = project.run("remediate", "check", "--models-only", expected=2)
    assert "no model was found, so nothing was checked" in refused.stderr
    (project.folder / "migrations" / "env.py").write_text("from depot.tables import Base\n")
    refused = project.run("remediate", "check", "--models-only", expected=2)
    assert "no model was found, so nothing was checked; migrations/env.py: " in refused.stderr
    assert "No module named 'depot'" in refused.stderr
    (project.versions / "0a.py").write_text("revision = 'a'.lower()\ndown_revision = None\n")
    refused = project.run("remediate", "check", "--versions-only", expected=2)
    assert "0a.py: its revision: the id is computed by code" in refused.stderr
    for id_, parent in (("0b", None), ("0c", "0b")):
        text = f"revision = {id_!r}\ndown_revision = {parent!r}\ndef upgrade(): pass\n"
        (project.versions / f"{id_}.py").write_text(text)
    shown = project.run("remediate", "check", "--versions-only").stdout
    assert shown.startswith("migrations (files of the project only)   no database   2 revisions\n")
    assert project.json("check", "--versions-only")["project"]["revisions"] == 2
