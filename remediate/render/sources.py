"""The file and line that other tools show beside a finding."""

from remediate.findings.finding import Finding
from remediate.system.paths import Repository


def source(finding: Finding, repository: Repository) -> tuple[str, int]:
    """Path from the root of the repository, and line: of its model, else of the project's settings.

    Code scanners take no finding without a file.
    """
    model = finding.model
    if model and (file := repository.path(model.file)):
        return file, max(model.line, 1)
    return repository.path(repository.settings) or repository.settings.name, 1
