"""Conversations and what hangs on them."""

from typing import Annotated

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from career.base import Base, Created, Id, User

InConversation = Annotated[int, mapped_column(ForeignKey("conversations.id"))]


class Conversation(Base):
    __tablename__ = "conversations"
    id: Mapped[Id]
    user_id: Mapped[User]
    created_at: Mapped[Created]


class ChatMessage(Base):
    __tablename__ = "chat_messages"
    id: Mapped[Id]
    conversation_id: Mapped[InConversation]
    sender: Mapped[str]
    body: Mapped[str]


class MessageComponent(Base):
    __tablename__ = "message_components"
    id: Mapped[Id]
    message_id: Mapped[int] = mapped_column(ForeignKey("chat_messages.id"))
    kind: Mapped[str]


class ConversationCategory(Base):
    __tablename__ = "conversation_categories"
    id: Mapped[Id]
    user_id: Mapped[User]
    label: Mapped[str]


class ConversationShare(Base):
    __tablename__ = "conversation_shares"
    id: Mapped[Id]
    conversation_id: Mapped[InConversation]
    shared_with: Mapped[User]


class ConversationLog(Base):
    __tablename__ = "conversation_logs"
    id: Mapped[Id]
    conversation_id: Mapped[InConversation]
    line: Mapped[str]


class ToolInvocation(Base):
    __tablename__ = "tool_invocations"
    id: Mapped[Id]
    conversation_id: Mapped[InConversation]
    tool: Mapped[str]


class UserChatAnalytics(Base):
    __tablename__ = "user_chat_analytics"
    id: Mapped[Id]
    user_id: Mapped[User]
    messages: Mapped[int]
