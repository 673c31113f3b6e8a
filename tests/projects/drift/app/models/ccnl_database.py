"""Collective agreements."""

from sqlalchemy import Column, Integer

from app.db import Base


class CcnlSectors(Base):
    __tablename__ = "ccnl_sectors"

    id = Column(Integer, primary_key=True)


class CcnlAgreements(Base):
    __tablename__ = "ccnl_agreements"

    id = Column(Integer, primary_key=True)


class JobLevels(Base):
    __tablename__ = "job_levels"

    id = Column(Integer, primary_key=True)


class SalaryTables(Base):
    __tablename__ = "salary_tables"

    id = Column(Integer, primary_key=True)


class LeaveEntitlements(Base):
    __tablename__ = "leave_entitlements"

    id = Column(Integer, primary_key=True)


class NoticePeriods(Base):
    __tablename__ = "notice_periods"

    id = Column(Integer, primary_key=True)


class SpecialAllowances(Base):
    __tablename__ = "special_allowances"

    id = Column(Integer, primary_key=True)


class WorkingHours(Base):
    __tablename__ = "working_hours"

    id = Column(Integer, primary_key=True)


class OvertimeRules(Base):
    __tablename__ = "overtime_rules"

    id = Column(Integer, primary_key=True)
