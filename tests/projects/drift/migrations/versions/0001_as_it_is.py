"""The database as the incident found it: written by hand, types of the models overridden."""

from alembic import op

revision = "0001"
down_revision = None

REFERRING = """
customers document_analyses documents expert_faq_candidates expert_profiles faq_usage_logs
faq_variation_cache invoices payments session subscriptions
"""
VARCHAR = """
compliance_checks cost_alerts cost_optimization_suggestions knowledge_feedback
query_normalization_log tax_calculations usage_events usage_quotas user_usage_summaries
"""


def upgrade():
    op.execute('CREATE TABLE "user" (id serial PRIMARY KEY, email varchar(255) NOT NULL UNIQUE)')
    op.execute("INSERT INTO \"user\" (email) SELECT 'u' || n FROM generate_series(1, 40) n")
    for table in REFERRING.split():
        unique = " UNIQUE" if table == "expert_profiles" else ""
        title = ", title text" if table in ("documents", "invoices") else ""
        op.execute(
            f"CREATE TABLE {table} (id serial PRIMARY KEY, user_id integer NOT NULL{unique} "
            f'REFERENCES "user" (id) ON DELETE CASCADE{title})'
        )
        if not unique:
            op.execute(f"CREATE INDEX ix_{table}_user_id ON {table} (user_id)")
    for table in VARCHAR.split():
        op.execute(f"CREATE TABLE {table} (id serial PRIMARY KEY, user_id varchar(36))")
        op.execute(f"INSERT INTO {table} (user_id) SELECT n::text FROM generate_series(1, 40) n")


def downgrade():
    for table in (*VARCHAR.split(), *REFERRING.split(), '"user"'):
        op.execute(f"DROP TABLE {table}")
