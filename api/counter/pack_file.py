"""Takes an officer's pack and a passphrase; gives what a browser opens without a network, and who sends its queue.

A file that lies on a disk has no sign-in: a ticket inside the sealed part lets it send events of its own people, and
nothing else.
"""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from pydantic import ValidationError
from sqlalchemy.orm import Session

from api.counter.bodies import PackBody, SyncBody
from api.counter.desk import Desk
from api.counter.offline_pack import Pack, pack_of
from api.refusals import NotSignedIn
from api.security.accounts import SignedIn
from api.security.guard import Security
from api.security.keys import KeyRing
from api.storage.accounts import Account, account_of
from matcher.domain.errors import InvalidInput

ITERATIONS = 600_000
"""Of PBKDF2 with HMAC-SHA-256: what OWASP asks for at least; browsers have no other way to stretch a passphrase."""

SENT_UNTIL = timedelta(days=14)
"""How long after a pack expired its queue is still taken in: what was noted shall not be lost."""

_ABOUT = "queue of an offline pack"
_NOT_VALID = "pack: its ticket is not valid or no longer; send the queue as a file at /loket/sinkron"


@dataclass(frozen=True, slots=True)
class SealedFile:
    """What stands in the file: AES-256-GCM under PBKDF2 of the passphrase, binary parts in Base64."""

    pack_id: str
    iterations: int
    salt: str
    nonce: str
    sealed: str


def sealed_file(desk: Desk, security: Security, given: PackBody) -> SealedFile:
    """Return the pack of a district, sealed for a browser, with the address and the ticket that take in its queue.

    Raises
    ------
    NotSignedIn
        When the officer's account is not here any more.
    """
    account = account_of(desk.session, desk.officer.account_id)
    if account is None:
        raise NotSignedIn("account: not here any more; sign in again")
    pack = pack_of(desk, given)
    sending = {"to": f"{security.tokens.issuer}/loket/paket/kirim", "ticket": _ticket(desk.keys, account, pack)}
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    key = PBKDF2HMAC(SHA256(), 32, salt, ITERATIONS).derive(given.passphrase.encode())
    content = json.dumps({**pack.content, **sending}).encode()
    sealed = AESGCM(key).encrypt(nonce, content, pack.pack_id.encode())
    return SealedFile(pack.pack_id, ITERATIONS, _text(salt), _text(nonce), _text(sealed))


def holder_of(reading: Session, keys: KeyRing, ticket: str, *, now: datetime) -> tuple[SignedIn, str]:
    """Return the officer who took a pack along, and the pack's id.

    Raises
    ------
    NotSignedIn
        When the ticket is none of ours or too old, or the officer's account was closed or reset since.
    """
    try:
        told: dict[str, Any] = json.loads(keys.decrypt(ticket, about=_ABOUT))
    except InvalidInput:
        raise NotSignedIn(_NOT_VALID) from None
    account = account_of(reading, told["account_id"])
    is_good = account is not None and account.is_active and account.token_epoch == told["epoch"]
    if account is None or not is_good or now >= datetime.fromisoformat(told["until"]):
        raise NotSignedIn(_NOT_VALID)
    officer = SignedIn(account.account_id, account.role, "", account.login, province_code=account.province_code)
    return officer, told["pack_id"]


def queue_of(text: str | bytes) -> SyncBody:
    """Return the queue that a pack wrote.

    Raises
    ------
    InvalidInput
        When it is none. The message repeats nothing of it.
    """
    try:
        return SyncBody.model_validate_json(text)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = " ".join(map(str, first["loc"]))
        raise InvalidInput(f"queue: {place} {first['msg']}; choose the file that the pack saved") from None


def _ticket(keys: KeyRing, account: Account, pack: Pack) -> str:
    told = {
        "account_id": account.account_id,
        "epoch": account.token_epoch,
        "pack_id": pack.pack_id,
        "until": (pack.expires_at + SENT_UNTIL).isoformat(),
    }
    return keys.encrypt(json.dumps(told), about=_ABOUT)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
