"""The hook of mkdocs.yml: adds the pages that are made from the program, and lists them."""

import sys
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

sys.path.insert(0, str(Path(__file__).parent.parent))  # of this checkout, wherever another is

from scripts.site_pages.site import listed, pages, plain_files


def on_config(config: Any) -> Any:
    """A folder in `nav` becomes the pages that are made there."""
    config.nav = listed(config.nav)
    return config


def on_files(files: Files, *, config: Any) -> Files:
    """Add what is made, in memory only."""
    for page in (*pages(), *plain_files()):
        files.append(File.generated(config, page.path, content=page.text))
    return files
