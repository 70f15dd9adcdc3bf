"""Takes the opened artifact; gives the few sample people whom anyone may try. Shows none where others reach it."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from matcher.domain.errors import UnknownIdentifier
from matcher.domain.records import Alumnus
from matcher.engine.artifacts import Artifact

CONSENT = "recommend"
DEMO_ALUMNI = 40
"""How many are shown; everyone else in the artifact stays unseen."""

_MOST_READ = 20_000


def shown_samples(artifact: Artifact, *, is_public: bool) -> Mapping[str, Alumnus]:
    """Return the sample people that anyone may try.

    Raises
    ------
    UnknownIdentifier
        Where others reach the service: the people of its artifact may be real.
    """
    if is_public:
        raise UnknownIdentifier(
            "sample people: not shown where PADAN_PUBLIC_URL is an address of others; sign in, or run padan demo"
        )
    return demo_alumni(artifact)


def demo_alumni(artifact: Artifact) -> Mapping[str, Alumnus]:
    """Return alumni who hold a certificate, by id, spread evenly over the table. Raises nothing."""
    if not artifact.has_alumni:
        return {}
    ids = artifact.people[0]["alumnus_id"]
    few = ids.take(pa.array(range(0, len(ids), -(-len(ids) // _MOST_READ) or 1), pa.int64()))
    holders = [person for person in artifact.alumni(few.combine_chunks()) if person.certificates and _agrees(person)]
    spread = holders[:: -(-len(holders) // DEMO_ALUMNI) or 1]
    return {person.alumnus_id: person for person in spread}


def demo_alumnus(people: Mapping[str, Alumnus], alumnus_id: str) -> Alumnus:
    """Return one of the demo alumni.

    Raises
    ------
    UnknownIdentifier
        When the id is none of theirs, even where the artifact holds such a person.
    """
    if alumnus_id not in people:
        raise UnknownIdentifier(
            f"alumnus '{alumnus_id}': not among the {len(people)} sample people; GET /v1/demo/alumni lists them"
        )
    return people[alumnus_id]


def _agrees(person: Alumnus) -> bool:
    """Return whether a person may be recommended anything; sample people of whom no consent is told may."""
    return not person.consents or CONSENT in person.consents
