"""OpenID Connect against a real issuer process: who is vouched for, and every way an answer can lie."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from api.refusals import IssuerUnavailable, NotSignedIn
from api.security.keys import fresh_ring
from api.security.openid import Client, Pending, Subject, begin, finish, seal, unseal
from matcher.domain.errors import InvalidInput
from tests.api.security.issuer import CLIENT_ID, CLIENT_SECRET

CALLBACK = "http://127.0.0.1:8000/v1/auth/openid/callback"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The address of an issuer process on a free loopback port."""
    program = Path(__file__).with_name("issuer.py")
    process = subprocess.Popen([sys.executable, program, "0"], stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture
def client(issuer: str) -> Client:
    """This service at the issuer; the next to sign in is petugas-1, without a fault."""
    order(issuer)
    return Client(issuer, CLIENT_ID, CLIENT_SECRET, CALLBACK)


def order(issuer: str, subject: str = "petugas-1", fault: str = "") -> None:
    """Tell the issuer who signs in next and what is wrong."""
    requests.get(f"{issuer}/next", {"subject": subject, "fault": fault}, timeout=5).raise_for_status()


def now() -> datetime:
    """Return the time: the issuer is a process with a clock of its own."""
    return datetime.now(UTC)


def authorised(client: Client) -> tuple[Pending, dict[str, str]]:
    """Begin, visit the issuer as the browser does, and return what it sends back."""
    address, pending = begin(client, now=now())
    answer = requests.get(address, allow_redirects=False, timeout=5)
    sent = parse_qs(urlsplit(answer.headers["location"]).query)
    return pending, {name: values[0] for name, values in sent.items()}


def test_a_subject_is_vouched_for(client: Client, issuer: str) -> None:
    order(issuer, subject="petugas-7")
    pending, sent = authorised(client)
    assert finish(client, pending, now=now(), **sent) == Subject(issuer, "petugas-7")


def test_the_browser_is_sent_with_proof_key_nonce_and_state_and_without_the_verifier(client: Client) -> None:
    address, pending = begin(client, now=now())
    asked = parse_qs(urlsplit(address).query)
    assert asked["code_challenge_method"] == ["S256"] and asked["redirect_uri"] == [CALLBACK]
    assert (asked["nonce"], asked["state"], asked["scope"]) == ([pending.nonce], [pending.state], ["openid"])
    assert pending.verifier not in address and CLIENT_SECRET not in address


@pytest.mark.parametrize(
    "fault",
    "nonce no-nonce audience two-audiences azp issuer expired no-subject none shared-secret key garbage".split(),
)
def test_an_id_token_that_lies_is_refused(client: Client, issuer: str, fault: str) -> None:
    pending, sent = authorised(client)
    order(issuer, fault=fault)
    with pytest.raises(NotSignedIn, match="ID token"):
        finish(client, pending, now=now(), **sent)


@pytest.mark.parametrize("fault", ["mix-up", "plain-http"])
def test_an_issuer_that_describes_itself_wrongly_is_refused(client: Client, issuer: str, fault: str) -> None:
    order(issuer, fault=fault)
    with pytest.raises(IssuerUnavailable):
        begin(client, now=now())


def test_a_code_works_once_and_only_with_its_own_verifier(client: Client) -> None:
    pending, sent = authorised(client)
    with pytest.raises(NotSignedIn, match="code"):
        finish(client, replace(pending, verifier="x" * 64), now=now(), **sent)
    with pytest.raises(NotSignedIn, match="code"):
        finish(client, pending, now=now(), **sent)


def test_a_wrong_client_secret_is_refused(client: Client) -> None:
    pending, sent = authorised(client)
    with pytest.raises(NotSignedIn, match="code"):
        finish(replace(client, secret="guessed"), pending, now=now(), **sent)


@pytest.mark.parametrize("state", ["", "of another", "ä"])
def test_an_answer_to_another_sign_in_is_refused(client: Client, state: str) -> None:
    pending, sent = authorised(client)
    with pytest.raises(NotSignedIn, match="state"):
        finish(client, pending, now=now(), code=sent["code"], state=state)


def test_a_sign_in_under_way_ends_after_ten_minutes(client: Client) -> None:
    pending, sent = authorised(client)
    with pytest.raises(NotSignedIn, match="too old"):
        finish(client, pending, now=now() + timedelta(minutes=11), **sent)


def test_an_issuer_that_is_away_is_said_to_be(client: Client) -> None:
    away = replace(client, issuer="http://127.0.0.1:9")
    with pytest.raises(IssuerUnavailable, match="no usable answer"):
        begin(away, now=now())


@pytest.mark.parametrize("issuer_address", ["http://issuer.example", "ftp://127.0.0.1", "issuer.example", ""])
def test_an_issuer_without_https_is_refused_unless_it_is_this_machine(issuer_address: str) -> None:
    with pytest.raises(InvalidInput, match="https"):
        Client(issuer_address, CLIENT_ID, None, CALLBACK)


def test_the_cookie_hides_what_it_carries_and_can_not_be_changed() -> None:
    keys = fresh_ring()
    pending = Pending("state-1", "nonce-1", "verifier-1", 12.5, "acc-1")
    sealed = seal(pending, keys)
    assert unseal(sealed, keys) == pending and "verifier" not in sealed
    for broken in ("", sealed[:-2], sealed.replace(".", ".A", 1), "first.AAAA"):
        with pytest.raises(NotSignedIn):
            unseal(broken, keys)
