"""QTI 3.0 packages going out; they come in as QTI of any version."""

from functools import partial

from elearn.assessment.formats.qti_format import read, write_as

__all__ = ["read", "write"]

write = partial(write_as, "3.0")
