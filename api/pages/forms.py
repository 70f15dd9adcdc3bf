"""Takes nothing; gives the shapes of forms with many fields, as pages post them. Computes nothing."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.alumni.bodies import Id


class MarkForm(BaseModel):
    """What a person did with a vacancy; ``back`` is the page to return to, ``why`` the reason to put one aside."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    vacancy_id: Id
    kind: Literal["saved", "applied", "hidden", "no_reply"]
    impression_id: Annotated[str, Field(max_length=128)] = ""
    back: Annotated[str, Field(max_length=512)] = "/lowongan"
    why: Literal["", "far", "pay", "other"] = ""
    csrf_token: Annotated[str, Field(max_length=256)] = ""
