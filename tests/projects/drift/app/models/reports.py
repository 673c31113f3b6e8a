"""Reports for later."""

from sqlalchemy import Column, Integer

from app.db import Base


class ReportRuns(Base):
    __tablename__ = "report_runs"

    id = Column(Integer, primary_key=True)


class ReportTemplates(Base):
    __tablename__ = "report_templates"

    id = Column(Integer, primary_key=True)


class ReportSchedules(Base):
    __tablename__ = "report_schedules"

    id = Column(Integer, primary_key=True)


class ReportRecipients(Base):
    __tablename__ = "report_recipients"

    id = Column(Integer, primary_key=True)
