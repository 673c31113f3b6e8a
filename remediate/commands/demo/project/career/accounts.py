"""Who uses the application."""

import uuid

from sqlalchemy import SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from career.base import Base, Created, Id, User


class Account(Base):
    __tablename__ = "users"
    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(320))
    full_name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[Created]
    __table_args__ = (UniqueConstraint("email", name="users_email_key"),)


class UserProfile(Base):
    __tablename__ = "user_profiles"
    id: Mapped[Id]
    user_id: Mapped[User]
    headline: Mapped[str]


class UserSkill(Base):
    __tablename__ = "user_skills"
    id: Mapped[Id]
    user_id: Mapped[User]
    skill: Mapped[str]
    level: Mapped[int]


class UserNote(Base):
    __tablename__ = "user_notes"
    id: Mapped[Id]
    user_id: Mapped[User]
    body: Mapped[str]


class UserEmbedding(Base):
    __tablename__ = "user_embeddings"
    id: Mapped[Id]
    user_id: Mapped[User]
    model: Mapped[str]


class UserFeedback(Base):
    __tablename__ = "UserFeedback"
    Id: Mapped[Id]
    user_id: Mapped[User]
    stars: Mapped[int]


class Industry(Base):
    __tablename__ = "industries"
    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    title: Mapped[str]


class ApiSession(Base):
    """Its key is made by the application."""

    __tablename__ = "api_sessions"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    user_id: Mapped[User]


class FeatureFlag(Base):
    """Its key is a name."""

    __tablename__ = "feature_flags"
    name: Mapped[str] = mapped_column(primary_key=True)
    enabled: Mapped[bool]
