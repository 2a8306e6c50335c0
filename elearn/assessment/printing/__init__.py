"""Papers on paper: equivalent variants as PDF and DOCX, keys by code, answers keyed in."""
