"""Read what only the models can ask of the database."""

from remediate.analysis.models import widened_by_models
from remediate.catalog import (
    admission,
    called_sequences,
    documents,
    growth,
    members,
    missing_keys,
    new_tables,
    references,
    relations,
    schemas,
)
from remediate.config import Config
from remediate.findings import selection
from remediate.postgres.direct import Connection
from remediate.project import since
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live


def enrich(
    connection: Connection,
    live: Live,
    declared: Declared,
    config: Config,
    *,
    all_models: bool = False,
) -> Live:
    """The snapshot with what only the models can ask for.

    It then has the columns that seem to reference a key, and the dependants of the columns whose
    types may have to change. Where not `all_models` of the settings are known here, a column that
    they name may be there.
    """
    if config.schema:
        selection.check_schemas(schemas.read(connection), config.schema)
    selection.check_references(live, config.references)
    if config.right and all_models and not declared.unread_modules:
        selection.check_right({*declared.types} | schemas.columns(connection), config.right)
    live = relations.enrich(connection, live, declared)
    live = missing_keys.enrich(connection, live, declared, deep=config.deep)
    live = called_sequences.enrich(connection, live, declared)
    live = references.enrich(connection, live, declared, config.references, deep=config.deep)
    live = new_tables.enrich(connection, live, declared)
    live = documents.enrich(connection, live)
    live = growth.enrich(connection, live)
    if config.since:
        live = live.with_marks(since.marks(config.since, live.database))
    live = admission.enrich(connection, live, parents=bool(config.flows))
    return members.enrich(connection, live, widened_by_models(live, declared, config.right))
