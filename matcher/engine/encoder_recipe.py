"""Takes nothing; gives the recipes by which the shipped adapter was trained, stage by stage.

A number changed here makes another adapter: train it again and write its card anew.
"""

from __future__ import annotations

from matcher.engine.train_encoder import GRADED, Recipe
from matcher.engine.training_batches import Source

MINED = {"esco": 4, "cross": 4, "talentclef": 4, "isco": 2}
"""Sources whose batches are filled with neighbouring pairs, and how many stand together.

Adverts are left to chance: the nearest advert of another title is too often the same work.
"""

_SOURCES = {
    "esco": Source(3.0, batch=128, max_tokens=20, neighbours=MINED["esco"]),
    "cross": Source(1.5, batch=128, max_tokens=20, neighbours=MINED["cross"]),
    "talentclef": Source(1.5, batch=128, max_tokens=20, neighbours=MINED["talentclef"]),
    "isco": Source(1.0, batch=96, max_tokens=24, neighbours=MINED["isco"]),
    "esco_text": Source(0.5, batch=48, max_tokens=48),
    "opening": Source(2.0, batch=48, max_tokens=56),
    "duty": Source(2.5, batch=96, max_tokens=28),
    "skills": Source(0.5, batch=64, max_tokens=32),
    "category": Source(1.0, batch=96, max_tokens=24),
    "fields": Source(0.4, batch=64, max_tokens=28),
    "synonym": Source(0.2, batch=96, max_tokens=20),
    "course": Source(0.4, batch=32, max_tokens=28),
}

_GRADES = {GRADED: Source(14.0, batch=6, max_tokens=48, neighbours=16)}

WHOLE = Recipe(n_steps=1000, stop_after=200, sources=_SOURCES)
"""First stage: every layer, at the full learning rate."""

UPPER_HALF = Recipe(
    n_steps=400, stop_after=300, learning_rate=6e-4, warmup_steps=10, seed=1, first_layer=6, sources=_SOURCES
)
"""Second stage: the upper six of twelve layers, the learning rate falling to a tenth."""

WITH_GRADES = Recipe(
    n_steps=280, learning_rate=4e-4, warmup_steps=15, seed=2, first_layer=6, sources=_SOURCES | _GRADES
)
"""Third stage: graded courses in half of the steps, pairs in the other half so that nothing is forgotten."""

STAGES = (WHOLE, UPPER_HALF, WITH_GRADES)
"""In this order; the third needs graded pairs."""
