"""Takes who looks at a page; gives what stands around it: where they may go, and the proof its forms carry.

Asks no database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Way:
    """One link of the navigation: its address, the key of its words, and its picture."""

    href: str
    key: str
    icon: str


NAVIGATION: Mapping[str | None, tuple[Way, ...]] = {
    None: (Way("/masuk", "nav_sign_in", "enter"), Way("/daftar", "nav_register", "openings")),
    "alumnus": (
        Way("/lowongan", "nav_vacancies", "work"),
        Way("/tersimpan", "nav_saved", "save"),
        Way("/kursus", "nav_courses", "schooling"),
        Way("/undangan", "nav_invitations", "letter"),
        Way("/usaha", "nav_business", "shop"),
        Way("/tanya", "nav_ask", "ask"),
        Way("/data-saya", "nav_data", "person"),
    ),
    "employer": (
        Way("/perusahaan", "nav_employer", "work"),
        Way("/perusahaan/lowongan/baru", "nav_post", "send"),
        Way("/perusahaan/alumni", "nav_talent", "person"),
        Way("/perusahaan/undangan", "nav_sent", "letter"),
        Way("/perusahaan/berkas", "nav_files", "save"),
    ),
    "pmo": (Way("/pmo", "nav_figures", "work"),),
    "counter": (
        Way("/loket", "nav_counter", "person"),
        Way("/loket/daftar", "nav_enrol", "openings"),
        Way("/loket/panggilan", "nav_waiting", "ask"),
        Way("/loket/paket", "nav_pack", "save"),
    ),
}
"""Where each role may go; None is nobody signed in. The first way of a role is its home."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a page.

    ``csrf`` is the token of the forms of this browser, empty where a page has none. ``on_behalf`` is the masked name of
    whom an officer serves. ``lock_seconds`` is how long the page of a shared computer may stay unused, 0 without end.
    ``has_samples`` says that anyone may try sample people.
    """

    role: str | None = None
    csrf: str = ""
    path: str = ""
    on_behalf: str | None = None
    lock_seconds: int = 0
    has_samples: bool = False

    @property
    def ways(self) -> tuple[Way, ...]:
        """The navigation of the role; a role without pages has none."""
        return NAVIGATION.get(self.role, ())


def home_of(role: str | None) -> str:
    """Return where a role begins. Raises nothing."""
    ways = NAVIGATION.get(role, ())
    return ways[0].href if role is not None and ways else "/"
