"""Takes nothing; gives the recipes by which the shipped adapter was trained, stage by stage.

A number changed here makes another adapter: train it again and write its card anew.
"""

from __future__ import annotations

from matcher.engine.train_encoder import GRADED, Recipe
from matcher.engine.training_batches import Source

_SOURCES = {
    "esco": Source(5.0, batch=128, max_tokens=20),
    "cross": Source(2.0, batch=128, max_tokens=20),
    "talentclef": Source(1.0, batch=128, max_tokens=20),
    "names": Source(2.0, batch=128, max_tokens=20),
    "isco": Source(2.0, batch=112, max_tokens=24),
    "esco_text": Source(0.3, batch=48, max_tokens=48),
    "opening": Source(1.5, batch=48, max_tokens=56),
    "duty": Source(1.5, batch=96, max_tokens=28),
    "skills": Source(0.4, batch=64, max_tokens=32),
    "category": Source(0.6, batch=96, max_tokens=24),
    "fields": Source(0.3, batch=64, max_tokens=28),
    "synonym": Source(0.3, batch=96, max_tokens=20),
    "course": Source(0.5, batch=32, max_tokens=28),
}

WITHOUT_GRADES = Recipe(
    n_steps=360, learning_rate=7e-4, warmup_steps=30, temperature=0.04, sister_share=0.2, sources=_SOURCES
)
"""First stage: pairs of every source through every layer; nothing a reader graded."""

WITH_GRADES = Recipe(
    n_steps=120,
    learning_rate=4e-4,
    warmup_steps=10,
    temperature=0.04,
    sister_share=0.2,
    seed=2,
    first_layer=6,
    sources=_SOURCES | {GRADED: Source(17.4, batch=6, max_tokens=48, vacancies=16)},
)
"""Second stage, the upper six of twelve layers: graded courses in half of the steps, pairs in the other half."""

STAGES = (WITHOUT_GRADES, WITH_GRADES)
"""In this order; the second needs graded pairs."""
