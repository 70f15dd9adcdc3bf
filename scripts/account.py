"""Takes a role and a login; gives an account and the code with which its holder chooses a password, on this machine.

The first operator comes from here; officers and employers after that from ``POST /v1/auth/accounts``.
"""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import get_args

from sqlalchemy.orm import Session

from api.clock import clock
from api.database import Database
from api.opening import opened_database, opened_security
from api.refusals import Refused
from api.security.accounts import canonical_login
from api.security.guard import Security
from api.security.resets import RESET_LIFETIME, ResetCode, issue, open_account
from api.security.roles import Role
from api.settings import Settings
from api.storage.accounts import accounts_of_login
from matcher.domain.errors import InvalidInput, UnknownIdentifier


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan account`` to `subparsers`."""
    parser = subparsers.add_parser("account", help="open an account of an officer, or reset its password")
    parser.add_argument(
        "act", choices=("open", "reset"), help="open a fresh account, or give a code for a lost password"
    )
    parser.add_argument("login", help="user name, 3 to 128 letters")
    roles = [role for role in get_args(Role) if role != "alumnus"]
    parser.add_argument("--role", choices=roles, default="operator", help="role of a fresh account")
    parser.add_argument("--employer", metavar="ID", help="employer of a fresh account with that role")
    parser.add_argument("--province", metavar="CODE", help="where an officer works, for example 32")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Open or reset, print the code, and return 0."""
    settings = Settings()
    database = opened_database(settings)
    try:
        code = _code(arguments, database, opened_security(settings, database))
    except Refused as refusal:
        raise InvalidInput(str(refusal)) from None
    finally:
        database.close()
    print(f"{arguments.login}: code {code.code}, until {code.expires_at.isoformat(timespec='minutes')}")
    print("Send login, code and a password as secret to POST /v1/auth/reset.")
    return 0


def _code(arguments: argparse.Namespace, database: Database, security: Security) -> ResetCode:
    now = clock(None)()
    with database.session.begin() as session:
        if arguments.act == "reset":
            return _reset(session, security, arguments.login, now=now)
        return open_account(
            session, security, arguments.role, arguments.login, now=now,
            employer_id=arguments.employer, province_code=arguments.province,
        )  # fmt: skip


def _reset(session: Session, security: Security, login: str, *, now: datetime) -> ResetCode:
    found = accounts_of_login(session, security.keys.hashes("login", canonical_login(login)))
    if not found or not found[0].is_active:
        raise UnknownIdentifier(f"login '{login}': no open account; open one with padan account open {login}")
    return issue(session, security, found[0], now=now, lifetime=RESET_LIFETIME)
