"""The models of a career-guidance application."""

from career.base import Base
from career import accounts, chat, growth, insight

__all__ = ["Base", "accounts", "chat", "growth", "insight"]
