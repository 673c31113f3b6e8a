"""Subscriptions and payments."""

from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.dialects.postgresql import UUID

from app.db import Base


class Subscription(Base):
    __tablename__ = "subscriptions"

    id = Column(Integer, primary_key=True)
    user_id = Column(
        UUID(as_uuid=True), ForeignKey("user.id", ondelete="CASCADE"), nullable=False
    )  # owner


class Payment(Base):
    __tablename__ = "payments"

    id = Column(Integer, primary_key=True)
    user_id = Column(Integer, ForeignKey("user.id", ondelete="CASCADE"), nullable=False, index=True)


class SubscriptionPlans(Base):
    __tablename__ = "subscription_plans"

    id = Column(Integer, primary_key=True)


class SubscriptionInvoices(Base):
    __tablename__ = "subscription_invoices"

    id = Column(Integer, primary_key=True)
