"""What users did: the columns are VARCHAR in the database."""

from sqlalchemy import Column, ForeignKey, Integer, String

from app.db import Model


class ComplianceChecks(Model):
    __tablename__ = "compliance_checks"

    id = Column(Integer, primary_key=True)
    user_id = Column(Integer, ForeignKey("user.id"), index=True)


class CostAlerts(Model):
    __tablename__ = "cost_alerts"

    id = Column(Integer, primary_key=True)
    user_id = Column(Integer, ForeignKey("user.id"), index=True)


class CostOptimizationSuggestions(Model):
    __tablename__ = "cost_optimization_suggestions"

    id = Column(Integer, primary_key=True)
    user_id = Column(Integer, ForeignKey("user.id"), index=True)


class KnowledgeFeedback(Model):
    __tablename__ = "knowledge_feedback"

    id = Column(Integer, primary_key=True)
    user_id = Column(Integer, ForeignKey("user.id"), index=True)


class QueryNormalizationLog(Model):
    __tablename__ = "query_normalization_log"

    id = Column(Integer, primary_key=True)
    user_id = Column(Integer, ForeignKey("user.id"), index=True)


class TaxCalculations(Model):
    __tablename__ = "tax_calculations"

    id = Column(Integer, primary_key=True)
    user_id = Column(Integer, ForeignKey("user.id"), index=True)


class UsageEvents(Model):
    __tablename__ = "usage_events"

    id = Column(Integer, primary_key=True)
    user_id = Column(String(36))


class UsageQuotas(Model):
    __tablename__ = "usage_quotas"

    id = Column(Integer, primary_key=True)
    user_id = Column(String(36))


class UserUsageSummaries(Model):
    __tablename__ = "user_usage_summaries"

    id = Column(Integer, primary_key=True)
    user_id = Column(String(36))
