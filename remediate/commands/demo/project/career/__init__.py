"""The models of a career-guidance application."""

from career import accounts, chat, growth, insight
from career.base import Base

__all__ = ["Base", "accounts", "chat", "growth", "insight"]
