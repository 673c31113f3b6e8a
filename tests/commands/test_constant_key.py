"""A constant for the default of a key gives each row the same id, and is no sequence."""

import pytest

from tests.commands.test_cascading_downgrades import PENS
from tests.commands.test_rehearsed_as_configured import rehearse, write
from tests.support.project import Project


@pytest.mark.project(PENS)
def test_a_constant_default_is_called_no_sequence(project: Project) -> None:
    write(
        project, "constant", '    op.alter_column("pen", "nr", server_default="8")\n',
        '    op.alter_column("pen", "nr", server_default=None)\n',
    )  # fmt: skip
    (one,) = rehearse(project, expected=4)["revisions"]
    first = one["defects"][0]
    assert (first["name"], first["what"]) == (
        "CONSTANT_DEFAULT", "the default of the key of public.pen is the same id for every row",
    )  # fmt: skip
    assert not any("sequence behind" in defect["what"] for defect in one["defects"])
