"""What becomes of a file's text when both the files and the browser can publish. Pure."""

from enum import Enum


class Decision(Enum):
    """What loading does with one lesson or question."""

    NOTHING = "nothing"
    PUBLISH = "publish"
    DRAFT = "draft"


def decide(file: str, last_loaded: str | None, published: str | None) -> Decision:
    """Return what to do, from the digests of the file, of its last loading and of what is public.

    A file that has not changed since it was last loaded says nothing new, whatever the browser
    has published. A changed file follows itself; after another's text it becomes a draft.
    """
    if file == published:
        return Decision.NOTHING
    if published is None:
        return Decision.PUBLISH
    if file == last_loaded:
        return Decision.NOTHING
    return Decision.PUBLISH if published == last_loaded else Decision.DRAFT
