"""What `remediate explain` knows beside rules, hazards and errors: topics, and names of defects."""

from functools import cache

from remediate.findings.topics import Topic
from remediate.lint import KINDS
from remediate.plans.impact import risk
from remediate.postgres import templates
from remediate.rehearsal.defect_pages import DEFECTS


@cache
def topics() -> tuple[Topic, ...]:
    """The topics that have a page of their own; a text belongs to the first that it is about."""
    return (
        Topic(
            name="base-class",
            summary="what AutoIncrementBase, UUIDBase and the like change",
            page=_page("base-class"),
            next="remediate models",
            words=(
                "base class", "base classes", "base model", "base models", "mixin", "created_at",
                "updated_at", "uuid alternative", "use base classes",
            ),
            patterns=(
                r"\bAuto_?Increment\w*(Base|Mixin|Model)\b", r"\bUUID\w*(Base|Mixin)\b",
                r"\buuid\.uuid[1-8]\b", r"\bdefault(_factory)? ?= ?uuid[1-8]\b", r"\bbase_model\b",
                r"\bbase class(es)?\b", r"\bUUID autoincrement\b", r"\bcreated_at, updated_at\b",
            ),
        ),
        Topic(
            name="autoincrement",
            summary="what autoincrement=True does, and why it repairs nothing",
            page=_page("autoincrement"),
            next="remediate plan",
            words=(
                "serial", "bigserial", "smallserial", "identity", "sequence", "sequences", "mysql",
                "sqlite", "26 of 29", "nextval", "template propagation",
                "forbidden patterns", "required patterns", "never do this", "always do this",
            ),
            patterns=(
                r"auto[ _-]?increment", r"golden rule", r"\b29\W{1,3}(out )?(of )?(the )?31\b",
                r"\b29 (\w+ )?(tables|models?|keys)\b", r"\b29 didn't\b", r"\b94 ?% of\b",
                r"\bwhy postgresql is different", r"\bpostgresql\W{1,3}specific\b",
                r"\b(requires?|missing|explicit) `?serial\b", r"\bserial`? type\b",
                r"PrimaryKeyConstraint\(", r"\bno exceptions\b", r"\bold patterns\b",
                r"^\W*nextval ?\(",
                r"^\W*(\w+ ?(: ?[^=]+)?= ?)?(\w+\.)?(Column|mapped_column|Field)"
                r" ?\(.*primary_key ?= ?True",
                r"""^\W*\w+\.Column ?\( ?["']\w+["'], ?(\w+\.)?(Big|Small)?Integer\b""",
            ),
        ),
        Topic(
            name="repair",
            summary="the four statements that guides print, and what a copy of them lacks",
            page=_page("repair"),
            next="remediate plan --sql",
            words=(
                "setval", "create sequence", "owned by", "set default nextval", "sequence handling",
                "postgresql sequence patterns",
            ),
            patterns=(
                r"\bCREATE SEQUENCE\b", r"\bOWNED BY\b", r"\bsetval ?\(",
                r"\bSET DEFAULT nextval\b",
                r"\bsequence (handling|creation|conflicts|patterns)\b", r"COALESCE\(MAX\(",
                r"multiple commands into a prepared", r"transaction is aborted, commands ignored",
            ),
        ),
        Topic(
            name="keys",
            summary="one page for everyone who writes models or migrations",
            page=_page("keys"),
            next="remediate check",
            words=(
                "key", "primary key", "primary keys", "handbook", "guide", "onboarding",
                "checklist", "code review", "code review requirements", "mandatory patterns",
                "team standards", "prevention",
            ),
            patterns=(
                r"\b(developer|team) onboarding\b", r"\bonboarding (text|guide|page)\b",
                r"\b(validation|migration) checklist\b", r"\bmust understand\b",
                r"\bmigration review\b", r"\breviewers must verify\b",
            ),
        ),
        Topic(
            name="score",
            summary="how urgency, tiers and the score of a database are computed",
            page=f"{risk.__doc__}",
            next="remediate plan -v",
            words=("risk", "tier", "tiers", "impact", "urgency", "probability", "failure rate"),
            patterns=(
                r"\b(risk|health) (score|profile|matrix)\b", r"probability ?. ?impact",
                r"\b\d+ ?(of|out of|/) ?100\b", r"\b(critical|high) impact\b",
            ),
        ),
    )  # fmt: skip


def topic_called(word: str) -> Topic | None:
    """The topic of this name."""
    return next((one for one in topics() if one.is_called(word)), None)


def topic_about(text: str) -> Topic | None:
    """The topic of a text, such as a pasted model."""
    return next((one for one in topics() if one.is_about(text)), None)


def defect_called(word: str) -> Topic | None:
    """What refutes a revision, by the name that `remediate rehearse` prints, or the linter."""
    name = "_".join(word.replace("-", "_").split()).upper()
    defect, kind = DEFECTS.get(name), KINDS.get(name.lower().replace("_", "-"))
    if defect and kind:
        parts = (_headed("In a rehearsal", defect), _headed("From the text", kind))
        text = "\n\n".join(parts)
    elif not (text := defect or kind or ""):
        return None
    return Topic(
        name,
        "",
        f"{name}\n\n{text}",
        "remediate rehearse" if defect else "remediate check --versions-only",
    )


def _headed(head: str, text: str) -> str:
    return f"{head}\n{'-' * len(head)}\n{text}"


def _page(name: str) -> str:
    return templates.file(f"topics/{name}.md").read_text(encoding="utf-8")
