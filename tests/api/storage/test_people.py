"""People, their holdings, consents, contacts and the trail of who looked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from api.database import Database
from api.refusals import Conflicting
from api.storage.consents import Consent, consent_history, consenting, consents_of, note_consents
from api.storage.contacts import Contact, alumnus_of_nik, contact_of, contacts_of_key, put_contact
from api.storage.people import (
    Person,
    add_certificates,
    add_person,
    certificates_of,
    change_person,
    people_of,
    person_of,
    put_person,
    remove_certificate,
)
from api.storage.trail import Access, accesses_of, audit, note_accesses
from matcher.domain.errors import InvalidInput, UnknownIdentifier
from matcher.domain.records import Certificate
from tests.api.storage.cast import BUDI, CONTACT, SITI, agree, settle
from tests.world import NOW


def test_person_comes_back_with_all_they_hold(database: Database) -> None:
    settle(database)
    with database.reading() as session:
        assert person_of(session, "a-siti") == Person(SITI, 1)
        assert people_of(session, ["a-budi", "a-nobody"]) == {"a-budi": Person(BUDI, 1)}


def test_known_id_is_not_stored_again(database: Database) -> None:
    settle(database)
    with database.session() as session, pytest.raises(Conflicting, match="a-siti"):
        add_person(session, SITI)


def test_import_replaces_a_person_and_leaves_the_consents(database: Database) -> None:
    settle(database)
    imported = replace(SITI, education="S1", certificates=SITI.certificates[:1], licences=())
    with database.session.begin() as session:
        agree(session, "a-siti", "recommend")
        put_person(session, imported)
        assert person_of(session, "a-siti") == Person(replace(imported, consents=("recommend",)), 2)


def test_change_counts_versions_and_refuses_a_stale_one(database: Database) -> None:
    settle(database)
    with database.session.begin() as session:
        assert change_person(session, "a-siti", {"education": "D3", "willing_province_codes": ("35",)}, version=1) == 2
        with pytest.raises(Conflicting, match="version 1: the person is at version 2"):
            change_person(session, "a-siti", {"education": "S1"}, version=1)
        changed = replace(SITI, education="D3", willing_province_codes=("35",))
        assert person_of(session, "a-siti") == Person(changed, 2)


@pytest.mark.parametrize("column", ["alumnus_id", "version", "consents", "is_admin"])
def test_change_of_a_column_that_is_not_theirs_is_refused(database: Database, column: str) -> None:
    settle(database)
    with database.session() as session, pytest.raises(InvalidInput, match=f"column '{column}'"):
        change_person(session, "a-siti", {column: "x"}, version=1)


def test_change_of_a_stranger_is_refused(database: Database) -> None:
    with database.session() as session, pytest.raises(UnknownIdentifier, match="a-nobody"):
        change_person(session, "a-nobody", {"education": "S1"}, version=1)


def test_certificate_is_removed_by_its_owner_only(database: Database) -> None:
    settle(database)
    with database.session.begin() as session:
        add_certificates(session, "a-budi", [Certificate("Mengemudi aman", "c-drive")])
        (row,) = certificates_of(session, "a-budi")
        assert not remove_certificate(session, "a-siti", row)
        assert remove_certificate(session, "a-budi", row)
        assert certificates_of(session, "a-budi") == {}


def test_last_word_on_a_purpose_holds_and_the_history_stays(database: Database) -> None:
    settle(database)
    counter = Consent("a-siti", "contact", True, NOW, "counter", "K-7", "acc-officer")
    with database.session.begin() as session:
        agree(session, "a-siti", "recommend", "contact")
        agree(session, "a-siti", "contact", is_given=False)
        assert consents_of(session, ["a-siti", "a-nobody"]) == {"a-siti": ("recommend",), "a-nobody": ()}
        note_consents(session, [counter])
        assert consents_of(session, ["a-siti"]) == {"a-siti": ("contact", "recommend")}
        assert consent_history(session, "a-siti")[0] == counter and len(consent_history(session, "a-siti")) == 4


def test_consent_of_one_purpose_and_person_gives_no_other(database: Database) -> None:
    settle(database)
    with database.session.begin() as session:
        agree(session, "a-siti", "discoverable")
        agree(session, "a-budi", "recommend")
        assert consenting(session, "discoverable", ["a-siti", "a-budi"]) == {"a-siti"}
        assert consenting(session, "discoverable", ["a-budi"]) == set()


def test_contact_is_found_by_each_of_its_keys(database: Database) -> None:
    settle(database)
    with database.reading() as session:
        assert contact_of(session, "a-siti") == CONTACT
        assert alumnus_of_nik(session, ["other", "nik-hash"]) == "a-siti"
        assert contacts_of_key(session, ["person-key"]) == [CONTACT]


def test_contact_is_replaced_but_never_with_the_number_of_another(database: Database) -> None:
    settle(database)
    moved = replace(CONTACT, phone_sealed="sealed-again")
    with database.session.begin() as session:
        put_contact(session, moved)
        assert contact_of(session, "a-siti") == moved
        with pytest.raises(Conflicting) as refusal:
            put_contact(session, Contact("a-budi", nik_hash="nik-hash"))
    assert "nik-hash" not in str(refusal.value) and "siti" not in str(refusal.value)


def test_trail_pages_backwards_for_the_person_and_for_the_auditor(database: Database) -> None:
    looks = [Access("acc-officer", "counter", "a-siti", "sheet", NOW + timedelta(minutes=n)) for n in range(3)]
    other = Access("acc-other", "employer", "a-budi", "contact", NOW)
    with database.session.begin() as session:
        note_accesses(session, [*looks, other])
        first = accesses_of(session, "a-siti", limit=2)
        rest = accesses_of(session, "a-siti", before=first[-1].access_id)
        assert [noted.at for noted in [*first, *rest]] == [look.at for look in reversed(looks)]
        assert audit(session, limit=1)[0].account_id == "acc-other"
        assert len(audit(session, account_id="acc-officer")) == 3
