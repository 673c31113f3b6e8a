"""Where code names a model: files in a folder, no database."""

from pathlib import Path

import pytest

from remediate.project import uses
from remediate.snapshots.tables import Name, Source

MODELS = '''\
class TaxRate(Base):
    """Rates, selected from tax_rates."""
    __tablename__ = "tax_rates"
    parent: Mapped["TaxRate"] = relationship("TaxRate")
    self_id = mapped_column(ForeignKey("tax_rates.id"))


class Invoice(Base):
    __tablename__ = "invoices"
    rate_id = mapped_column(ForeignKey("public.tax_rates.id", ondelete="CASCADE"))
    rate: Mapped["list[TaxRate]"] = relationship(back_populates="x")
    other = relationship("app.models.TaxRate", secondary="links")


links = Table("links", metadata, Column("rate", ForeignKey("tax_rates.id")))
'''
FILES = {
    "app/models.py": MODELS,
    "app/api.py": "from app.models import TaxRate as Rate\n\n\ndef rates() -> list[Rate]:\n    return Rate\n",
    "app/lazy.py": "from app import models\n\nx = models.TaxRate\n",
    "app/sql.py": 'Q = text("""SELECT id\nFROM public."tax_rates" WHERE true""")\nW = "it reads from tax_rates"\n',
    "app/star.py": "from .models import *\n\nprint(TaxRate)\n",
    "app/other.py": "from stripe import TaxRate\n\nTaxRate.create()\n",
    "app/broken.py": "class TaxRate(:\n",
    "migrations/env.py": "from app.models import TaxRate\n",
    "venv/pyvenv.cfg": "",
    "venv/x.py": "from app.models import TaxRate\n",
}
RATES, LINKS = Name("public", "tax_rates"), Name("public", "links")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def found(folder: Path, name: Name, line: int, owner: str = "") -> list[str]:
    source = Source(str(folder / "app" / "models.py"), line, owner)
    made = uses.find({name: source}, folder, folder / "migrations")[name]
    assert made.files == 6
    assert made.unread == (str(folder / "app" / "broken.py"),)
    start = f"{folder}/app/"
    return [f"{str(use).removeprefix(start)} {use.what}" for use in made.places]


def test_every_way_in_which_code_names_a_class(folder: Path) -> None:
    assert sorted(found(folder, RATES, 1, "TaxRate")) == [
        "api.py:1 imports TaxRate",
        "api.py:4 refers to TaxRate",
        "api.py:5 refers to TaxRate",
        "lazy.py:3 refers to TaxRate",
        'models.py:10 ForeignKey("public.tax_rates.id")',
        "models.py:11 refers to TaxRate",
        'models.py:12 relationship("app.models.TaxRate")',
        'models.py:15 ForeignKey("tax_rates.id")',
        "sql.py:1 SQL names tax_rates",
        "star.py:3 refers to TaxRate",
    ]


def test_a_table_without_a_class(folder: Path) -> None:
    (folder / "app" / "broken.py").write_text("links = (:\n")
    assert found(folder, LINKS, 15) == ['models.py:12 relationship("links")']


def test_two_classes_of_one_name(folder: Path) -> None:
    """An import has to lead to the one; a mere name may mean either."""
    (folder / "app" / "schemas.py").write_text("class TaxRate(BaseModel):\n    ...\n")
    (folder / "app" / "api2.py").write_text("from app.schemas import TaxRate\n\nTaxRate()\n")
    (folder / "app" / "broken.py").unlink()
    source = Source(str(folder / "app" / "models.py"), 1, "TaxRate")
    made = uses.find({RATES: source}, folder, folder / "migrations")[RATES]
    files = {Path(use.file).name for use in made.places}
    assert files == {"api.py", "models.py", "sql.py"}
