"""Regional taxes."""

from sqlalchemy import Column, Integer

from app.db import Base


class Regions(Base):
    __tablename__ = "regions"

    id = Column(Integer, primary_key=True)


class Comuni(Base):
    __tablename__ = "comuni"

    id = Column(Integer, primary_key=True)


class RegionalTaxRates(Base):
    __tablename__ = "regional_tax_rates"

    id = Column(Integer, primary_key=True)


class CommunalTaxRates(Base):
    __tablename__ = "communal_tax_rates"

    id = Column(Integer, primary_key=True)
