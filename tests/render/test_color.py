"""What is in colour for a person, and that all else stays plain."""

import re

from remediate.findings.finding import Place
from remediate.rehearsal.result import Downgraded, Rehearsal, Rehearsed, Return, Start, Upgraded
from remediate.remedies.models import Patched, Rewritten
from remediate.render import models, rehearsed, verification
from remediate.render.style import Style
from remediate.snapshots.tables import Name
from remediate.verification.result import Outcome, Verification, Verified

COLOR = Style(color=True)
ESCAPES = re.compile(r"\033\[[\d;]*m")


def test_a_diff_of_models() -> None:
    # The removed line looks like a header of the diff.
    file = Rewritten("m.py", "-- old\nkept\n", "new\nkept\n", (), ())
    patched = Patched((file,), (), written=False)
    plain, painted = models.diff(patched), models.diff(patched, COLOR)
    assert ESCAPES.sub("", painted) == plain
    assert painted.splitlines() == [
        "\033[1m--- a/m.py\033[0m",
        "\033[1m+++ b/m.py\033[0m",
        "\033[36m@@ -1,2 +1,2 @@\033[0m",
        "\033[1;31m--- old\033[0m",
        "\033[32m+new\033[0m",
        " kept",
    ]


def test_a_verification() -> None:
    place = Place(Name("public", "t"), "id")
    entries = tuple(Verified(f"PK001:{place}", place, one, (), ()) for one in Outcome)
    made = Verification("db", "plan.json", entries)
    plain, painted = (verification.render(made, "text", *style) for style in ((), (COLOR,)))
    assert "\nok      public.t.id   PK001\nFAILED  public.t.id   PK001\n" in plain
    assert "\n\033[32m✓  \033[0m     public.t.id   PK001\n" in painted
    assert "\n\033[1;31m✗      \033[0m public.t.id   PK001\n" in painted
    assert "\n\033[33m? \033[0m      public.t.id   PK001\n" in painted
    assert "\033" not in plain + verification.render(made, "json", COLOR)


def test_a_rehearsal() -> None:
    checks = (Upgraded(1), Downgraded(Return.DIFFERENT))
    made = Rehearsal("db", "server", Start(("x",)), (Rehearsed("a", "a.py", "title", checks),))
    plain, painted = (rehearsed.render(made, "text", *style) for style in ((), (COLOR,)))
    assert "  + upgrade: 1 statement\n  FAILED downgrade: " in plain
    assert "\033[32m  ✓ \033[0mupgrade: 1 statement\n" in painted
    assert "\033[1;31m  ✗      \033[0mdowngrade: " in painted
    assert re.search(r"\na   \033\[(32mproven|1;31mREFUTED)\033\[0m   title\n", painted)
    assert "\033" not in plain + rehearsed.render(made, "json", COLOR)
