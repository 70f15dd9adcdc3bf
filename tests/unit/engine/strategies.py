"""Generated vacancies and people for the engine's laws."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from matcher.domain.qualifications import EDUCATION_LEVELS
from matcher.domain.records import Alumnus, Certificate, Licence

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PROVINCES = ("32", "33", "91", "94")

_instants = st.none() | st.integers(-40, 40).map(lambda days: NOW + timedelta(days=days))

vacancy_rows: st.SearchStrategy[list[dict[str, Any]]] = st.lists(
    st.fixed_dictionaries(
        {
            "title": st.sampled_from(["Kasir", "Penjahit", "Satpam", "Juru Masak"]),
            "province_code": st.none() | st.sampled_from(PROVINCES),
            "is_remote": st.none() | st.booleans(),
            "education_min": st.none() | st.sampled_from(EDUCATION_LEVELS),
            "required_certificates": st.sampled_from([None, ["SIM B1"], ["SIM C", "STR"]]),
            "posted_at": _instants,
            "expires_at": _instants,
            "filled_at": _instants,
        }
    ),
    min_size=1,
    max_size=30,
).map(lambda rows: [{"vacancy_id": f"v{number}"} | row for number, row in enumerate(rows)])

alumni: st.SearchStrategy[Alumnus] = st.builds(
    Alumnus,
    alumnus_id=st.just("a"),
    province_code=st.none() | st.sampled_from(PROVINCES),
    education=st.none() | st.sampled_from(EDUCATION_LEVELS),
    willing_province_codes=st.lists(st.sampled_from(PROVINCES), max_size=2).map(tuple),
    accepts_remote=st.none() | st.booleans(),
    certificates=st.just((Certificate(title="Memasak"),)),
    licences=st.lists(st.sampled_from(["SIM B1", "SIM C", "STR"]).map(lambda kind: Licence(kind)), max_size=3).map(
        tuple
    ),
)
