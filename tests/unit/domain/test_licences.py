"""What a required certificate or licence takes: classes of SIM, operator classes, whole words, grades of evidence."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.licences import held_of_kind, licence_satisfies, names_licence, requirement_met
from matcher.domain.records import Certificate, Licence

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
CAR_CLASSES = ("A", "B1", "B2")


@pytest.mark.parametrize(
    ("held", "taken", "refused"),
    [
        ("SIM A", ["SIM A", "sim a aktif", "SIM A (mobil)", "SIM"], ["SIM A Umum", "SIM B1", "SIM C"]),
        ("SIM A Umum", ["SIM A", "SIM A Umum", "SIM Umum"], ["SIM B1", "SIM B1 Umum"]),
        ("SIM B1", ["SIM A", "SIM B1", "SIM BI", "SIM B I", "SIM B-1", "SIM B.I", "SIM B"], ["SIM B2", "SIM B1 Umum"]),
        ("SIM BI Umum", ["SIM A Umum", "SIM B1", "SIM B1 Umum"], ["SIM B2", "SIM B II Umum"]),
        ("SIM B II", ["SIM A", "SIM B1", "SIM B2", "SIM BII"], ["SIM A Umum", "SIM B1 Umum", "SIM C"]),
        ("SIM B2 Umum", ["SIM A", "SIM A Umum", "SIM BI Umum", "SIM B II Umum"], ["SIM C"]),
        ("SIM C", ["SIM C", "SIM yang masih berlaku"], ["SIM A", "SIM C1", "SIM Umum"]),
        ("SIM CII", ["SIM C", "SIM C I", "SIM C2"], ["SIM A"]),
        ("SIM D", ["SIM C", "SIM D"], ["SIM A"]),
        ("SIM DI", ["SIM A", "SIM D1"], ["SIM B1"]),
        ("STR", ["STR", "STR aktif", "Surat Tanda Registrasi"], ["STR Perawat", "SIM A", "Strategi"]),
        ("STR Perawat", ["STR", "STR Perawat"], ["STR Bidan", "SIP"]),
        ("K3 Umum", ["K3", "Sertifikat K3 Umum", "Ahli K3 Umum", "AK3U"], ["K3 Listrik", "K3 Umum BNSP"]),
        ("SIO Forklift", ["SIO", "SIO Operator Forklift", "Surat Izin Operator Forklift"], ["SIO Crane", "STR"]),
    ],
)
def test_licence_takes_what_it_covers(held: str, taken: list[str], refused: list[str]) -> None:
    permit = Licence(held)
    assert [required for required in taken if not licence_satisfies(permit, required, NOW)] == []
    assert [required for required in refused if licence_satisfies(permit, required, NOW)] == []


@given(st.sampled_from(CAR_CLASSES), st.booleans(), st.sampled_from(CAR_CLASSES), st.booleans())
def test_car_licence_covers_the_lighter_and_the_private(held: str, is_public: bool, asked: str, for_pay: bool) -> None:
    permit = Licence(f"SIM {held}{' Umum' if is_public else ''}")
    expected = CAR_CLASSES.index(held) >= CAR_CLASSES.index(asked) and (is_public or not for_pay)
    assert licence_satisfies(permit, f"SIM {asked}{' Umum' if for_pay else ''}", NOW) is expected


@pytest.mark.parametrize(
    "permit",
    [
        Licence("SIM B1", "Umum"),
        Licence("SIM", "B1 Umum"),
        Licence("SIM B", "I Umum"),
        Licence("B1", "Umum"),
        Licence("B1 Umum"),
        Licence("Surat Izin Mengemudi", "B I Umum"),
    ],
)
def test_licence_reads_kind_and_class_together(permit: Licence) -> None:
    assert licence_satisfies(permit, "SIM B1 Umum", NOW)
    assert not licence_satisfies(permit, "SIM B2", NOW)


@pytest.mark.parametrize(("held", "satisfies"), [("I", True), ("Kelas II", True), ("3", False), (None, False)])
def test_operator_class_covers_the_lower_ones(held: str | None, satisfies: bool) -> None:
    assert licence_satisfies(Licence("SIO Forklift", held), "SIO Forklift kelas 2", NOW) is satisfies


def test_lapsed_licence_counts_no_more() -> None:
    assert not licence_satisfies(Licence("SIM A", expires_on=date(2026, 11, 21)), "SIM A", NOW)


@pytest.mark.parametrize(
    ("required", "held", "is_met"),
    [
        ("SIM A/C", ["SIM C"], True),
        ("SIM A atau SIM C", ["SIM C"], True),
        ("SIM A, B1 atau B2", ["SIM A"], True),
        ("SIM A dan/atau C", ["SIM A"], True),
        ("SIM A dan C", ["SIM C"], False),
        ("SIM A & C", ["SIM A", "SIM C"], True),
        ("SIM C dan motor sendiri", ["SIM C"], True),
        ("SIM B1 + SIO Forklift", ["SIM B1"], False),
        ("SIM B1 + SIO Forklift", ["SIM B1", "SIO Forklift"], True),
        ("SIO Forklift / Crane", ["SIO Crane"], True),
        ("STR dan SIP", ["STR"], False),
        ("STR dan SIP", ["STR", "SIP"], True),
        ("K3 Umum, K3 Listrik atau K3 Kimia", ["K3 Listrik"], True),
    ],
)
def test_requirement_may_ask_for_either_or_for_all(required: str, held: list[str], is_met: bool) -> None:
    assert requirement_met(required, licences=[Licence(kind) for kind in held], now=NOW) is is_met


def _paper(title: str, scheme: str = "course", evidence: str = "attended") -> Certificate:
    return Certificate(title=title, scheme=scheme, evidence=evidence)


@pytest.mark.parametrize(
    ("required", "paper", "is_met"),
    [
        ("BNSP Barista", _paper("Barista", "bnsp", "competence"), True),
        ("BNSP Barista", _paper("Sertifikat Kompetensi Barista Muda", "bnsp"), True),
        ("BNSP Barista", _paper("Barista", "other", "competence"), False),
        ("BNSP Barista", _paper("Barista", evidence="passed"), False),
        ("Sertifikat K3 Umum", _paper("Ahli K3 Umum", "other"), True),
        ("Sertifikat K3 Umum", _paper("Ahli Keselamatan dan Kesehatan Kerja Umum", "bnsp"), True),
        ("Sertifikat K3 Umum", _paper("K3 Umum", evidence="passed"), False),
        ("Sertifikat K3 Umum", _paper("K3 Umum", evidence="competence"), True),
        ("Sertifikat K3 Umum", _paper("Bahasa Inggris Umum", "bnsp"), False),
        ("Sertifikat Pastry", _paper("Pastry dan Bakery", "bnsp"), True),
        ("Sertifikat Pastry", _paper("Pastry dan Bakery", evidence="passed"), False),
        ("Sertifikat pelatihan Pastry", _paper("Pastry dan Bakery", evidence="passed"), True),
        ("Sertifikat pelatihan Pastry", _paper("Pastry dan Bakery", evidence="attended"), False),
        ("Pelatihan Pastry bersertifikat BNSP", _paper("Pastry dan Bakery BNSP", evidence="passed"), False),
        ("Menjahit Kebaya", _paper("menjahit kebaya", evidence="passed"), True),
        ("Menjahit Kebaya", _paper("Menjahit Kebaya", evidence="attended"), False),
        ("Menjahit Kebaya", _paper("Menjahit Kebaya Modern", evidence="passed"), False),
        ("STR", _paper("Strategi Pemasaran", "bnsp", "competence"), False),
        ("SIM B1", _paper("SIM B2", "other"), True),
        ("SIM B1", _paper("Persiapan ujian SIM B1", evidence="competence"), False),
        ("SIM B1", _paper("SIM B2 bagi Pengemudi Truk", evidence="competence"), False),
        ("Sertifikat kompetensi", _paper("Tata Boga"), True),
        ("Tidak ada", _paper("Tata Boga"), True),
    ],
)
def test_certificate_meets_a_requirement_by_words_and_grade(required: str, paper: Certificate, is_met: bool) -> None:
    assert requirement_met(required, certificates=[paper], now=NOW) is is_met


def test_lapsed_certificate_counts_no_more() -> None:
    lapsed = Certificate(title="Barista", scheme="bnsp", evidence="competence", expires_on=date(2026, 1, 1))
    assert not requirement_met("BNSP Barista", certificates=[lapsed], now=NOW)


@pytest.mark.parametrize(
    "required", ["SIM B1", "SIM aktif", "sio forklift", "STR", "Ahli K3 Umum", "Surat Izin Operator"]
)
def test_names_licence_where_one_is_asked(required: str) -> None:
    assert names_licence(required)


@pytest.mark.parametrize("required", ["BNSP Barista", "Strategi Pemasaran", "Administrator SIM RS", "Simulasi Bisnis"])
def test_names_licence_not_inside_other_words(required: str) -> None:
    assert not names_licence(required)


def test_held_of_kind_tells_what_falls_short() -> None:
    permits = [Licence("SIM A"), Licence("STR", "Perawat"), Licence("C")]
    papers = [_paper("Barista"), _paper("Tata Boga")]
    assert held_of_kind("SIM B1", licences=permits, certificates=papers) == ("SIM A", "SIM C")
    assert held_of_kind("Sertifikat Barista", licences=permits, certificates=papers) == ("Barista",)
    assert held_of_kind("SIO Crane", licences=permits, certificates=papers) == ()


_requirements = st.sampled_from(
    ["SIM A", "SIM B1 Umum", "SIM A dan C", "SIM A/C", "K3 Umum", "BNSP Barista", "Sertifikat Barista", "STR"]
)
_permits = st.lists(st.sampled_from(["SIM A", "SIM B2 Umum", "SIM C", "K3 Umum", "STR Bidan"]).map(Licence), max_size=3)
_papers = st.lists(
    st.builds(
        Certificate,
        title=st.sampled_from(["Barista", "K3 Umum", "Tata Boga"]),
        scheme=st.sampled_from(["course", "bnsp", "other"]),
        evidence=st.sampled_from(["attended", "passed", "competence"]),
        expires_on=st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    ),
    max_size=3,
)


@given(_requirements, _permits, _papers, _permits, _papers)
def test_more_papers_never_fail_a_requirement(
    required: str, permits: list[Licence], papers: list[Certificate], more: list[Licence], others: list[Certificate]
) -> None:
    fewer = requirement_met(required, certificates=papers, licences=permits, now=NOW)
    assert fewer <= requirement_met(required, certificates=papers + others, licences=permits + more, now=NOW)
