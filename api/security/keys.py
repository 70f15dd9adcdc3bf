"""Takes a folder of secret files; gives keyed hashes, encryption and signing keys, each purpose with a key of its own.

One secret is active and makes everything that is made; all of them read. Nothing here is kept in the database.
"""

from __future__ import annotations

import base64
import hmac
import logging
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal
from uuid import uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from matcher.domain.errors import InvalidInput, MissingFile

Hashed = Literal[
    "nik", "login", "person", "secret", "salt", "erasure", "subject", "bucket", "code", "ticket", "csrf", "device",
    "request",
]  # fmt: skip
"""What is hashed under a key of its own, so that hashes of one purpose tell nothing about another."""

ACTIVE = "active"
"""The file that names the active secret."""

SECRET_BYTES = 32
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_LOG = logging.getLogger("api.security.keys")


@dataclass(frozen=True, repr=False)
class KeyRing:
    """Secrets by name, one of them active. Its ``repr`` tells no secret.

    Raises
    ------
    InvalidInput
        When a name or a secret is unusable, or the active name is none of the secrets.
    """

    secrets: Mapping[str, bytes]
    active: str

    def __post_init__(self) -> None:
        for name, secret in self.secrets.items():
            if not _NAME.fullmatch(name) or len(secret) != SECRET_BYTES:
                raise InvalidInput(
                    f"key '{name}': not a name of small letters, digits and hyphens with {SECRET_BYTES} bytes; "
                    "restore the key folder from its backup"
                )
        if self.active not in self.secrets:
            raise InvalidInput(
                f"active key '{self.active}': not among {sorted(self.secrets)}; name one of them in '{ACTIVE}'"
            )

    def __repr__(self) -> str:
        return f"KeyRing(active={self.active!r}, names={sorted(self.secrets)})"

    def signing(self) -> Mapping[str, bytes]:
        """Return the keys that sign access tokens, by the name that stands in a token's ``kid``. Raises nothing."""
        return {name: _derived(secret, "sign") for name, secret in self.secrets.items()}

    def hashed(self, purpose: Hashed, text: str) -> str:
        """Return the keyed hash of `text` under the active secret, 64 hexadecimal digits. Raises nothing."""
        return _hash(self.secrets[self.active], purpose, text)

    def hashes(self, purpose: Hashed, text: str) -> tuple[str, ...]:
        """Return the hashes of `text` under every secret, the active first: a table may hold any. Raises nothing."""
        return tuple(_hash(self.secrets[name], purpose, text) for name in self._active_first())

    def is_hash(self, purpose: Hashed, text: str, stored: str) -> bool:
        """Return whether `stored` is a hash of `text` under any secret, each in constant time. Raises nothing."""
        return any(hmac.compare_digest(one.encode(), stored.encode()) for one in self.hashes(purpose, text))

    def encrypt(self, text: str, *, about: str) -> str:
        """Return `text` encrypted (AES-256-GCM) and bound to `about`, the id of its row. Raises nothing."""
        nonce = secrets.token_bytes(12)
        sealed = AESGCM(_derived(self.secrets[self.active], "encrypt")).encrypt(nonce, text.encode(), about.encode())
        return f"{self.active}.{_text_of(nonce + sealed)}"

    def decrypt(self, sealed: str, *, about: str) -> str:
        """Return the text that `encrypt` sealed for the same `about`.

        Raises
        ------
        InvalidInput
            When the text was changed, belongs to another row, or was sealed by a secret that is not in the ring.
        """
        name, _, body = sealed.partition(".")
        try:
            content = _bytes_of(body)
            opened = AESGCM(_derived(self.secrets[name], "encrypt")).decrypt(content[:12], content[12:], about.encode())
        except (KeyError, ValueError, InvalidTag):
            raise InvalidInput(
                f"encrypted text of key '{name if _NAME.fullmatch(name) else '?'}': cannot be opened; "
                "restore the key folder that belongs to this database"
            ) from None
        return opened.decode()

    def reencrypted(self, sealed: str, *, about: str) -> str:
        """Return `sealed` under the active secret; unchanged where it is already.

        Raises
        ------
        InvalidInput
            As `decrypt`.
        """
        if sealed.startswith(f"{self.active}."):
            return sealed
        return self.encrypt(self.decrypt(sealed, about=about), about=about)

    def pseudonym(self, alumnus_id: str, *, audience: str) -> str:
        """Return the name by which `audience` (an employer's id) knows an alumnus; another audience gets another.

        Notes
        -----
        Raises nothing. AES-SIV: the same pair gives the same name, and nobody without the key can turn it back.
        """
        secret = _derived(self.secrets[self.active], "pseudonym", 64)
        return _text_of(AESSIV(secret).encrypt(alumnus_id.encode(), [audience.encode()]))

    def alumnus_of(self, pseudonym: str, *, audience: str) -> str | None:
        """Return whom `audience` knows by `pseudonym`; None where it was never given to them. Raises nothing."""
        for name in self._active_first():
            try:
                cipher = AESSIV(_derived(self.secrets[name], "pseudonym", 64))
                return cipher.decrypt(_bytes_of(pseudonym), [audience.encode()]).decode()
            except (ValueError, InvalidTag):
                continue
        return None

    def _active_first(self) -> list[str]:
        return [self.active, *sorted(name for name in self.secrets if name != self.active)]


def fresh_ring(name: str = "first") -> KeyRing:
    """Return a ring of one random secret. Raises nothing for a usable `name`."""
    return KeyRing({name: secrets.token_bytes(SECRET_BYTES)}, name)


def open_ring(folder: Path) -> KeyRing:
    """Return the ring that `folder` holds, made with one random secret where there is no such folder.

    A secret is a file ``NAME.key`` with 64 hexadecimal digits; the file ``active`` names the active one.

    Raises
    ------
    InvalidInput
        When a file holds no secret, or ``active`` names none.
    MissingFile
        When the folder is there without ``active``: a new secret would make what is encrypted unreadable.
    """
    if not folder.exists():
        _make(folder)
    try:
        active = (folder / ACTIVE).read_text(encoding="ascii").strip()
        found = {path.stem: _secret(path) for path in sorted(folder.glob("*.key"))}
    except OSError as problem:
        raise MissingFile(
            f"key folder {folder}: cannot be read ({problem.strerror or problem}); restore it from its backup"
        ) from None
    _warn_where_others_read(folder)
    return KeyRing(found, active)


def add_secret(folder: Path, name: str) -> None:
    """Put a random secret called `name` into `folder`, not active yet.

    Raises
    ------
    InvalidInput
        When the name is unusable or taken.
    """
    if not _NAME.fullmatch(name) or (folder / f"{name}.key").exists():
        raise InvalidInput(f"key '{name}': taken, or not small letters, digits and hyphens; choose another name")
    _write(folder / f"{name}.key", secrets.token_hex(SECRET_BYTES))


def activate_secret(folder: Path, name: str) -> None:
    """Make `name` the secret that seals and signs from the next start on.

    Raises
    ------
    InvalidInput
        When `folder` holds no such secret.
    """
    if not (folder / f"{name}.key").is_file():
        raise InvalidInput(f"key '{name}': not in {folder}; add it first")
    beside = folder / f".{uuid4().hex}"
    _write(beside, name)
    beside.replace(folder / ACTIVE)


def _make(folder: Path) -> None:
    """Write a whole folder beside and rename it: of two processes that start at once, one wins and both read it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = folder.with_name(f".{folder.name}-{uuid4().hex}")
    beside.mkdir(mode=0o700)
    add_secret(beside, "first")
    activate_secret(beside, "first")
    try:
        beside.rename(folder)
    except OSError:
        for path in beside.iterdir():
            path.unlink()
        beside.rmdir()
        return
    _LOG.warning("new keys made", extra={"told": {"folder": str(folder), "active": "first"}})


def _write(path: Path, text: str) -> None:
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="ascii") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())


def _secret(path: Path) -> bytes:
    try:
        return bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        raise InvalidInput(f"{path}: not {SECRET_BYTES * 2} hexadecimal digits; restore it from its backup") from None


def _warn_where_others_read(folder: Path) -> None:
    open_to_others = [path.name for path in folder.glob("*.key") if path.stat().st_mode & 0o077]
    if open_to_others:
        _LOG.warning("keys that others may read", extra={"told": {"files": open_to_others, "do": "chmod 600"}})


@cache
def _derived(secret: bytes, purpose: str, n_bytes: int = 32) -> bytes:
    return HKDF(SHA256(), n_bytes, salt=None, info=f"padan {purpose}".encode()).derive(secret)


def _hash(secret: bytes, purpose: Hashed, text: str) -> str:
    return hmac.digest(_derived(secret, f"hash {purpose}"), text.encode(), "sha256").hex()


def _text_of(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _bytes_of(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
