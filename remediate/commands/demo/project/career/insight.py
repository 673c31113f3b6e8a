"""What the application concludes about its users."""

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from career.base import Base, Created, Id, User


class PersonalityProfile(Base):
    __tablename__ = "personality_profiles"
    id: Mapped[Id]
    user_id: Mapped[User]
    kind: Mapped[str]


class PsychologicalInsight(Base):
    __tablename__ = "psychological_insights"
    id: Mapped[Id]
    profile_id: Mapped[int] = mapped_column(ForeignKey("personality_profiles.id"))
    body: Mapped[str]


class SelfReflection(Base):
    __tablename__ = "self_reflections"
    id: Mapped[Id]
    user_id: Mapped[User]
    answer: Mapped[str]


class CareerSignal(Base):
    __tablename__ = "career_signals"
    id: Mapped[Id]
    user_id: Mapped[User]
    weight: Mapped[float]


class PageEvent(Base):
    """Kept in a schema of its own."""

    __tablename__ = "page_events"
    __table_args__ = {"schema": "analytics"}
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    user_id: Mapped[User]
    page: Mapped[str]
    created_at: Mapped[Created]
