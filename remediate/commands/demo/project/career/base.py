"""What the models share."""

from datetime import datetime
from typing import Annotated

from sqlalchemy import DateTime, ForeignKey, func
from sqlalchemy.orm import DeclarativeBase, mapped_column


class Base(DeclarativeBase):
    """All tables of the application."""


Id = Annotated[int, mapped_column(primary_key=True)]
User = Annotated[int, mapped_column(ForeignKey("users.id"))]
Created = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
