"""Accounts: found, changed, and their tokens revoked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from api.database import Database
from api.refusals import Conflicting
from api.security.roles import ROLES
from api.storage.accounts import (
    account_of,
    account_of_alumnus,
    account_of_subject,
    accounts_of_employer,
    accounts_of_login,
    add_account,
    change_login,
    change_secret,
    link_subject,
    rehash_secret,
    set_active,
)
from api.storage.sign_ins import RefreshSession, add_session, session_of
from matcher.domain.errors import UnknownIdentifier
from tests.api.storage.cast import OFFICER, SITI_ACCOUNT, settle
from tests.world import NOW

LATER = NOW + timedelta(hours=1)


def test_account_comes_back_as_it_was_stored(database: Database) -> None:
    settle(database)
    with database.reading() as session:
        assert account_of(session, "acc-officer") == OFFICER
        assert account_of_alumnus(session, "a-siti") == SITI_ACCOUNT
        assert account_of(session, "acc-nobody") is None


def test_every_role_of_the_guard_may_be_stored(database: Database) -> None:
    with database.session.begin() as session:
        for role in ROLES:
            add_account(session, replace(OFFICER, account_id=role, login=role, role=role))
    with database.session() as session, pytest.raises(IntegrityError):
        add_account(session, replace(OFFICER, account_id="x", login="x", role="admin"))


def test_officers_never_share_a_login(database: Database) -> None:
    settle(database)
    with database.session() as session, pytest.raises(Conflicting, match="has an account already"):
        add_account(session, replace(OFFICER, account_id="acc-2"))


def test_alumni_of_one_telephone_are_all_found(database: Database) -> None:
    settle(database)
    budi = replace(SITI_ACCOUNT, account_id="acc-budi", alumnus_id="a-budi", created_at=LATER)
    with database.session.begin() as session:
        add_account(session, budi)
    with database.reading() as session:
        assert accounts_of_login(session, ["under-another-key", "login-hash"]) == [SITI_ACCOUNT, budi]


def test_person_has_one_account(database: Database) -> None:
    settle(database)
    with database.session() as session, pytest.raises(Conflicting):
        add_account(session, replace(SITI_ACCOUNT, account_id="acc-2"))


def test_employer_finds_its_accounts(database: Database) -> None:
    settle(database)
    owner = replace(OFFICER, account_id="acc-owner", role="employer", login="melati", employer_id="e-konveksi")
    with database.session.begin() as session:
        add_account(session, owner)
        assert accounts_of_employer(session, "e-konveksi") == [owner]


@pytest.mark.parametrize("revoking", ["secret", "closing"])
def test_new_secret_or_closing_ends_tokens_and_sign_ins(database: Database, revoking: str) -> None:
    settle(database)
    with database.session.begin() as session:
        add_session(session, RefreshSession("s-1", "acc-siti", "browser", "h", NOW, NOW, LATER))
        if revoking == "secret":
            change_secret(session, "acc-siti", "argon-2", now=NOW)
        else:
            set_active(session, "acc-siti", False, now=NOW)
    with database.reading() as session:
        account, signed_in = account_of(session, "acc-siti"), session_of(session, "s-1")
    assert account is not None and account.token_epoch == 1
    assert signed_in is not None and signed_in.ended_at == NOW


def test_hashing_anew_and_another_login_end_nothing(database: Database) -> None:
    settle(database)
    with database.session.begin() as session:
        rehash_secret(session, "acc-siti", "argon-2")
        change_login(session, "acc-siti", "login-2")
        changed = replace(SITI_ACCOUNT, secret_hash="argon-2", login="login-2")
        assert account_of(session, "acc-siti") == changed


def test_change_of_an_unknown_account_is_refused(database: Database) -> None:
    with database.session() as session, pytest.raises(UnknownIdentifier, match="acc-nobody"):
        change_secret(session, "acc-nobody", "argon", now=NOW)


def test_subject_of_an_issuer_signs_in_to_one_account(database: Database) -> None:
    settle(database)
    with database.session.begin() as session:
        link_subject(session, "acc-officer", "https://issuer.example", "subject", now=NOW)
        assert account_of_subject(session, "https://issuer.example", ["old", "subject"]) == OFFICER
        assert account_of_subject(session, "https://other.example", ["subject"]) is None
        with pytest.raises(Conflicting):
            link_subject(session, "acc-siti", "https://issuer.example", "subject", now=NOW)


def test_account_shows_no_secret() -> None:
    assert "argon" not in repr(SITI_ACCOUNT) and "login-hash" not in repr(SITI_ACCOUNT)
