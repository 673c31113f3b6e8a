"""Experts and their answers."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import UUID as PostgreSQLUUID
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class ExpertProfile(Base):
    __tablename__ = "expert_profiles"

    id: Mapped[int] = mapped_column(primary_key=True)
    # The account of the expert.
    user_id: Mapped[UUID] = mapped_column(
        PostgreSQLUUID(as_uuid=True), ForeignKey("user.id", ondelete="CASCADE"), unique=True
    )


class ExpertFaqCandidates(Base):
    __tablename__ = "expert_faq_candidates"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)


class FaqUsageLogs(Base):
    __tablename__ = "faq_usage_logs"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)


class FaqVariationCache(Base):
    __tablename__ = "faq_variation_cache"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)


class ExpertFeedback(Base):
    __tablename__ = "expert_feedback"

    id: Mapped[int] = mapped_column(primary_key=True)


class QualityMetrics(Base):
    __tablename__ = "quality_metrics"

    id: Mapped[int] = mapped_column(primary_key=True)


class PromptTemplates(Base):
    __tablename__ = "prompt_templates"

    id: Mapped[int] = mapped_column(primary_key=True)


class FailurePatterns(Base):
    __tablename__ = "failure_patterns"

    id: Mapped[int] = mapped_column(primary_key=True)


class SystemImprovements(Base):
    __tablename__ = "system_improvements"

    id: Mapped[int] = mapped_column(primary_key=True)
