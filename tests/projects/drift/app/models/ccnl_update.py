"""Changes of collective agreements."""

from sqlalchemy import Column, Integer

from app.db import Base


class CcnlVersions(Base):
    __tablename__ = "ccnl_versions"

    id = Column(Integer, primary_key=True)


class UpdateEvents(Base):
    __tablename__ = "update_events"

    id = Column(Integer, primary_key=True)


class ChangeLogs(Base):
    __tablename__ = "change_logs"

    id = Column(Integer, primary_key=True)


class MonitoringMetrics(Base):
    __tablename__ = "monitoring_metrics"

    id = Column(Integer, primary_key=True)


class UpdateSources(Base):
    __tablename__ = "update_sources"

    id = Column(Integer, primary_key=True)
