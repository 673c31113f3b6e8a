"""Goals, courses and jobs."""

from datetime import date

from sqlalchemy import ForeignKey, Integer, Sequence
from sqlalchemy.orm import Mapped, mapped_column

from career.base import Base, Id, User


class CareerGoal(Base):
    __tablename__ = "career_goals"
    id: Mapped[Id]
    user_id: Mapped[User]
    title: Mapped[str]
    due: Mapped[date | None]


class CareerMilestone(Base):
    __tablename__ = "career_milestones"
    id: Mapped[Id]
    goal_id: Mapped[int] = mapped_column(ForeignKey("career_goals.id"))
    title: Mapped[str]


class UserJourneyMilestone(Base):
    __tablename__ = "user_journey_milestones"
    id: Mapped[Id]
    user_id: Mapped[User]
    step: Mapped[str]


class Course(Base):
    __tablename__ = "courses"
    id: Mapped[Id]
    user_id: Mapped[User]
    title: Mapped[str]


class NodeNote(Base):
    __tablename__ = "node_notes"
    id: Mapped[Id]
    user_id: Mapped[User]
    node: Mapped[str]


class SkillTree(Base):
    __tablename__ = "skill_trees"
    id: Mapped[Id]
    title: Mapped[str]


class TreePath(Base):
    __tablename__ = "tree_paths"
    id: Mapped[Id]
    tree_id: Mapped[int] = mapped_column(ForeignKey("skill_trees.id"))
    user_id: Mapped[User]


class JobPosting(Base):
    """Its numbers come from a sequence that the application calls itself."""

    __tablename__ = "job_postings"
    number: Mapped[int] = mapped_column(
        Integer, Sequence("job_postings_number_seq"), primary_key=True
    )
    title: Mapped[str]


class SavedJob(Base):
    """A composite key of foreign keys: nothing is to be generated here."""

    __tablename__ = "user_saved_jobs"
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    job_number: Mapped[int] = mapped_column(ForeignKey("job_postings.number"), primary_key=True)


class SavedRecommendation(Base):
    __tablename__ = "saved_recommendations"
    id: Mapped[Id]
    user_id: Mapped[User]
    job_title: Mapped[str]
