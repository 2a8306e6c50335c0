"""Rendering of authors' pages: templates get the words of states, acts, types and levels."""

from collections.abc import Mapping

from flask import render_template

from elearn.web.author.words import (
    ACTS,
    AREAS,
    DRAFT_KINDS,
    LEVELS,
    PAPER_KINDS,
    SKILLS,
    TYPES,
    state_text,
    state_tone,
)
from elearn.web.words import translated


def _named(words: dict[str, str], value: object) -> str:
    text = str(value)
    known = words.get(text)
    return translated(known) if known else text


_WORDS_OF = {"area": AREAS, "skill": SKILLS, "level": LEVELS, "type": TYPES}


def criteria_text(criteria: Mapping[str, str]) -> str:
    """Return what a cell of a paper asks for, in words."""
    return ", ".join(
        _named(_WORDS_OF[key], value) if key in _WORDS_OF else str(value)
        for key, value in criteria.items()
    )


def page(template: str, **context: object) -> str:
    """Return ``template`` rendered with the words that all these pages use."""
    return render_template(
        template,
        state_text=state_text,
        state_tone=state_tone,
        act_text=lambda act: translated(ACTS[act]),
        type_text=lambda value: _named(TYPES, value),
        level_text=lambda value: _named(LEVELS, value),
        area_text=lambda value: _named(AREAS, value),
        kind_text=lambda value: _named(DRAFT_KINDS, value),
        paper_kind_text=lambda value: _named(PAPER_KINDS, value),
        criteria_text=criteria_text,
        **context,
    )
