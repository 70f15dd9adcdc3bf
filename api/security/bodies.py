"""Takes nothing; gives the shapes of what is sent to and comes from ``/v1/auth``. A field that is not here is refused.

Computes nothing.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from api.security.roles import Role

Phone = Annotated[str, Field(max_length=32, examples=["0812 3456 7890"])]
Pin = Annotated[str, Field(max_length=16, description="Six digits; no birth date, run or repetition")]
Login = Annotated[str, Field(max_length=128)]
Password = Annotated[str, Field(max_length=256)]
Opaque = Annotated[str, Field(max_length=256)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, max_length=16)]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=2, max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")
]
Purpose = Literal["recommend", "discoverable", "contact", "research", "disability_use"]


class _Sent(BaseModel):
    """What is sent: nothing beside the fields, and nothing of it is repeated in an error."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class RegisterBody(_Sent):
    """An alumnus registers."""

    phone: Phone
    pin: Pin
    name: Name
    birth_on: date
    consents: list[Purpose] = Field(default=[], max_length=5)


class RegisterAnswer(BaseModel):
    """The same for a telephone that is known and one that is not."""

    registration_id: str = Field(description="Goes back with the code that is sent to the telephone")
    expires_at: datetime


class VerifyBody(_Sent):
    """The code that came to the telephone."""

    registration_id: Opaque
    code: Code


class RegisterForm(RegisterBody):
    """The registration form of a page."""

    csrf_token: Opaque = ""


class VerifyForm(VerifyBody):
    """The form of a page for the code that came to the telephone."""

    csrf_token: Opaque = ""


class SignInBody(_Sent):
    """Telephone and PIN of an alumnus, or login and password of anyone else."""

    phone: Phone | None = None
    pin: Pin | None = None
    birth_on: date | None = Field(default=None, description="Only where two people share telephone and PIN")
    login: Login | None = None
    password: Password | None = None

    @model_validator(mode="after")
    def _is_one_of_two(self) -> SignInBody:
        has_phone = self.phone is not None and self.pin is not None and self.login is None and self.password is None
        has_login = self.login is not None and self.password is not None and self.phone is None and self.pin is None
        if not has_phone and not has_login:
            raise ValueError("give phone and pin, or login and password")
        return self


class SessionForm(SignInBody):
    """The sign-in form of a page."""

    csrf_token: Opaque = ""
    next: str = Field(default="/", max_length=512, description="Path to go to afterwards")


class RefreshBody(_Sent):
    """The refresh token of the answer before; each works once."""

    refresh_token: Opaque


class ResetBody(_Sent):
    """A code handed over by an officer, and the fresh PIN or password."""

    phone: Phone | None = None
    login: Login | None = None
    code: Code
    secret: Password

    @model_validator(mode="after")
    def _is_one_of_two(self) -> ResetBody:
        if (self.phone is None) is (self.login is None):
            raise ValueError("give phone or login")
        return self


class ResetForm(ResetBody):
    """The form of a page for the code of an officer."""

    csrf_token: Opaque = ""


class ResetCodeBody(_Sent):
    """Whose secret is to be chosen again: an account, or the account of an alumnus."""

    account_id: Opaque | None = None
    alumnus_id: Opaque | None = None

    @model_validator(mode="after")
    def _is_one_of_two(self) -> ResetCodeBody:
        if (self.account_id is None) is (self.alumnus_id is None):
            raise ValueError("give account_id or alumnus_id")
        return self


class ResetCodeAnswer(BaseModel):
    """What to hand over to the holder of the account, who sends it to POST /v1/auth/reset."""

    account_id: str
    code: str
    expires_at: datetime


class PasswordBody(_Sent):
    """The PIN or password now, and the next one."""

    current: Password
    secret: Password


class AccountBody(_Sent):
    """An account of an officer or employer."""

    role: Role
    login: Login
    employer_id: Opaque | None = None
    province_code: str | None = Field(default=None, pattern=r"^\d{2}$")


class AccountChange(_Sent):
    """Open or close an account."""

    is_active: bool


class AccountAnswer(BaseModel):
    """An account as its holder may see it."""

    account_id: str
    role: str
    alumnus_id: str | None
    employer_id: str | None
    province_code: str | None


class SignInAnswer(BaseModel):
    """What a program keeps after signing in."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int = Field(description="Seconds the access token lives")
    refresh_token: str = Field(description="For POST /v1/auth/refresh; works once")
    device_token: str | None = Field(
        default=None, description="Send it as X-Padan-Device when signing in again: what strangers tried does not count"
    )
    account: AccountAnswer


class SessionAnswer(BaseModel):
    """A browser's session: who is signed in, and the token its forms and scripts send back."""

    csrf_token: str
    account: AccountAnswer | None


class OpenIdStart(BaseModel):
    """Where the browser goes to sign in at the issuer."""

    address: str


class WaitingMessage(BaseModel):
    """A message that no sender has taken yet."""

    created_at: datetime
    channel: str
    template: str
    values: dict[str, str]


class Outbox(BaseModel):
    """Messages that no sender has taken yet, the oldest first."""

    items: list[WaitingMessage]
