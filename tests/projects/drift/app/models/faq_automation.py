"""Frequent questions, answered by themselves."""

from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from app.db import Base


class GeneratedFaq(Base):
    __tablename__ = "generated_faqs"

    id = Column(Integer, primary_key=True)
    approved_by = Column(PG_UUID(as_uuid=True), ForeignKey("user.id"))


class FaqCandidates(Base):
    __tablename__ = "faq_candidates"

    id = Column(Integer, primary_key=True)


class FaqCategories(Base):
    __tablename__ = "faq_categories"

    id = Column(Integer, primary_key=True)


class FaqGenerationRuns(Base):
    __tablename__ = "faq_generation_runs"

    id = Column(Integer, primary_key=True)


class RssFaqImpacts(Base):
    __tablename__ = "rss_faq_impacts"

    id = Column(Integer, primary_key=True)
