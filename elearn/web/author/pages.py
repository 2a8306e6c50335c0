"""Rendering of authors' pages: templates get the words of states, acts, types and levels."""

from flask import render_template

from elearn.web.author.words import ACTS, AREAS, LEVELS, TYPES, state_text, state_tone
from elearn.web.words import translated


def _named(words: dict[str, str], value: object) -> str:
    text = str(value)
    known = words.get(text)
    return translated(known) if known else text


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
        **context,
    )
