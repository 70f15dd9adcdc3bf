"""A world of slates small enough to know its truth exactly: types of people, vacancies, positions, chances, rewards.

Every person is of one type and sees one to four slates of three positions. At every position the policy draws a vacancy
by a known chance. The chance of a reward depends on type, vacancy and position, and on how keen the person is, which
no policy knows and which averages out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matcher.measure.logged_slots import LoggedSlots

N_TYPES, N_POSITIONS, N_VACANCIES = 4, 3, 6


@dataclass(frozen=True)
class LoggedWorld:
    """Chances of both policies, true chance of a reward and what the model believes: (types, positions, vacancies).

    `logs` is what the policy writes down as its chance; `keenness` spreads the chance of a reward between people.
    """

    shows: np.ndarray
    logs: np.ndarray
    target: np.ndarray
    q: np.ndarray
    model: np.ndarray
    keenness: float = 0.5

    @property
    def truth(self) -> float:
        """What the target policy earns per slate."""
        return float(np.mean(np.sum(self.target * self.q, axis=(1, 2))))

    def draw(self, rng: np.random.Generator, *, n_people: int = 250, knows_person: bool = True) -> LoggedSlots:
        """Return the log of `n_people`."""
        types = rng.integers(0, N_TYPES, n_people)
        keen = 1 + self.keenness * rng.choice([-1, 1], n_people)
        person = np.repeat(np.arange(n_people), rng.integers(1, 5, n_people))
        slots = np.repeat(person, N_POSITIONS)
        cells = types[slots], np.tile(np.arange(N_POSITIONS), len(person))
        shown = _drawn(rng, self.shows[cells])
        rewards = rng.random(len(slots)) < self.q[cells][np.arange(len(slots)), shown] * keen[slots]
        return LoggedSlots(
            reward=rewards.astype(float),
            propensity=self.logs[(*cells, shown)],
            target=self.target[(*cells, shown)],
            q_logged=self.model[(*cells, shown)],
            q_target=np.sum(self.target * self.model, axis=2)[cells],
            slate=np.repeat(np.arange(len(person)), N_POSITIONS),
            position=cells[1] + 1,
            person=slots if knows_person else None,
        )


def sound_world() -> LoggedWorld:
    """Return the world in which every assumption holds: logged chances are true, and the model is right."""
    rng = np.random.default_rng(5)
    shape = (N_TYPES, N_POSITIONS, N_VACANCIES)
    shows = 0.5 * _soft(rng.normal(0, 1.0, shape)) + 0.5 / N_VACANCIES
    target = 0.9 * _soft(rng.normal(0, 1.5, shape)) + 0.1 / N_VACANCIES
    fit = rng.uniform(0.05, 0.4, (N_TYPES, 1, N_VACANCIES))
    q = fit * np.array([1.0, 0.6, 0.4])[None, :, None]
    return LoggedWorld(shows=shows, logs=shows, target=target, q=q, model=q)


def world_with_wrong_model() -> LoggedWorld:
    """Return the sound world with a model that thinks the worst of the best."""
    world = sound_world()
    return replace(world, model=0.4 - world.q)


def world_with_wrong_logs() -> LoggedWorld:
    """Return a world in which the logging policy leans to the target but writes down even chances."""
    world = sound_world()
    return replace(world, shows=(world.shows + world.target) / 2, logs=np.full(world.shows.shape, 1 / N_VACANCIES))


def world_without_support() -> LoggedWorld:
    """Return a world in which the target policy likes the best vacancy, and the logging policy never shows it."""
    world = sound_world()
    never = np.argmax(world.target, axis=2)[..., None] == np.arange(N_VACANCIES)
    shows = np.where(never, 0.0, world.shows)
    shows /= shows.sum(axis=2, keepdims=True)
    return replace(world, shows=shows, logs=shows, q=np.where(never, 0.5, world.q))


def confounded_slots(rng: np.random.Generator, *, n_people: int = 400) -> tuple[LoggedSlots, float]:
    """Return the log of an officer who sees who is keen, shows them vacancy 1 and writes down the average chance.

    Also what the target policy, vacancy 1 for everybody, would truly earn.
    """
    is_keen = rng.random(n_people) < 0.5
    shown = (rng.random(n_people) < np.where(is_keen, 0.9, 0.1)).astype(int)
    reward = rng.random(n_people) < np.where(is_keen, 0.6, 0.1)
    model = np.full(n_people, 0.35)
    target = shown.astype(float)
    slots = LoggedSlots(reward.astype(float), np.full(n_people, 0.5), target, q_logged=model, q_target=model)
    return slots, 0.35


def cascading_slots(rng: np.random.Generator, *, n_slates: int = 500) -> tuple[LoggedSlots, float]:
    """Return a log of two positions in which nobody looks past a good first vacancy, and the truth of two good."""
    is_good = rng.random((n_slates, 2)) < 0.5
    first = (rng.random(n_slates) < 0.6) & is_good[:, 0]
    second = (rng.random(n_slates) < 0.6) & is_good[:, 1] & ~is_good[:, 0]
    rewards = np.column_stack([first, second]).astype(float).ravel()
    slate, position = np.repeat(np.arange(n_slates), 2), np.tile([1, 2], n_slates)
    target = is_good.ravel().astype(float)
    return LoggedSlots(rewards, np.full(2 * n_slates, 0.5), target, slate=slate, position=position), 0.6


def _soft(values: np.ndarray) -> np.ndarray:
    chances = np.exp(values)
    return chances / chances.sum(axis=2, keepdims=True)


def _drawn(rng: np.random.Generator, chances: np.ndarray) -> np.ndarray:
    passed = rng.random(len(chances))[:, None] > np.cumsum(chances, axis=1)
    return np.minimum(passed.sum(axis=1), chances.shape[1] - 1)
