"""Takes nothing; gives the shapes of what ``/v1/pmo`` answers. Computes nothing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.pmo.figures import FigureName


class FigureAnswer(BaseModel):
    """One figure with what is needed to repeat and to cite it."""

    name: str
    figure_id: str = Field(description="Marks question and data; equal ids are equal figures")
    data_id: str = Field(description="Marks the state of the exported tables")
    as_of: datetime = Field(description="The day the figure speaks of")
    recipe: str = Field(description="The call that makes the same figure of the same tables")
    sentences: dict[str, str] = Field(description="The figure in one sentence, by language, where there is one")
    about: dict[str, Any] = Field(description="What stands beside the rows: sources, totals, what was set aside")
    rows: list[dict[str, Any]] = Field(description="Flat rows; a withheld row says is_suppressed and has null figures")


class ExportQuery(BaseModel):
    """A figure and what it is asked with; what does not concern the figure is left as it is."""

    model_config = ConfigDict(extra="forbid")

    figure: FigureName
    by: str = Field(default="", max_length=120, description="Column to part people by")
    clock: Literal["2m", "q2", "q4"] = "2m"
    base: Literal["not_working", "all"] = "not_working"
    period: Literal["month", "quarter", "year"] = "month"
    since: date | None = None
    days: int = Field(default=365, ge=1, le=3660)
    province: str | None = Field(default=None, max_length=8)
    most: int = Field(default=10_000, ge=1, le=10_000)
