"""From where the present request comes: address and kind of browser."""

from flask import current_app, request

from elearn.workflows.sign_in import Visit

# The first that fits: the others' names also stand in what these send.
_BROWSERS = (
    ("coc_coc_browser", "Cốc Cốc"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_of(agent: str) -> str:
    """Return the families of browser and system in a User-Agent header, e.g. "Chrome, Windows"."""
    found = [
        next((name for mark, name in table if mark in agent), None)
        for table in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(name for name in found if name)


def current_visit() -> Visit:
    """Return where the present request comes from."""
    return Visit(
        address=request.remote_addr or "",
        device=device_of(request.headers.get("User-Agent", "")),
        secret=current_app.config["SECRET_KEY"],
    )
