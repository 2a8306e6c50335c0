"""How often somebody may try: pure arithmetic over the times of earlier tries.

Signing in is limited in three ways at once, so that guessing is slow and nobody can be locked out
by a colleague for long:

- *account and address together* ("pair"): five free tries, then a pause that doubles (15 s, 30 s,
  … 4 min), at most ten in 15 minutes. Who mistypes waits seconds; a colleague on another machine
  spends his own tries, not those of the owner;
- *account, from addresses where it never signed in before* ("account"): ten in 15 minutes for all
  such addresses together, so that a thousand machines guess no faster than one. An address at
  which the owner signed in during the last 30 days is known and stands outside this count: a
  stranger's guesses do not reach the owner at his own desk;
- *address* ("address"): a hundred failures in 15 minutes, for guesses spread over many accounts
  of one office. Known pairs stand outside it too.

A colleague who guesses from the same address as the owner delays him by at most four minutes a
time; whoever is signed in already is never touched, and a link from HR or by mail clears the
counts. Tries refused while waiting are not evaluated and not counted: hammering does not prolong
the wait. Reliability.md C11, ASVS 5.0 6.3.1.
"""

import hashlib
import hmac
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

WINDOW = timedelta(minutes=15)
KNOWN_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` tries in ``window``; after ``free`` of them the pause doubles each time."""

    most: int
    free: int
    window: timedelta = WINDOW
    first_pause: timedelta = timedelta(seconds=15)


PAIR = Limit(most=10, free=5)
ACCOUNT = Limit(most=10, free=10)
ADDRESS = Limit(most=100, free=100)
# Asking for a letter: a few an hour for one account, more for an office behind one address.
LETTER_ACCOUNT = Limit(most=3, free=3, window=timedelta(hours=1))
LETTER_ADDRESS = Limit(most=30, free=30, window=timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Bucket:
    """Tries of one act counted under one keyed hash."""

    act: str
    key: str
    limit: Limit


@dataclass(frozen=True, slots=True)
class Keys:
    """Keyed hashes of who tries, from where, and of both together: no personal data."""

    account: str
    address: str
    pair: str


def keyed_hash(secret: str, *parts: str) -> str:
    """Return the HMAC-SHA-256 of ``parts`` under ``secret``, as hex."""
    return hmac.new(secret.encode(), "\0".join(parts).encode(), hashlib.sha256).hexdigest()


def network_of(address: str) -> str:
    """Return the address as it is counted: IPv6 by its /64, which one machine owns whole."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return parsed.exploded[:19]
    return str(parsed)


def keys_for(secret: str, username: str, address: str) -> Keys:
    """Return the keys under which a try for ``username`` from ``address`` is counted."""
    network = network_of(address)
    return Keys(
        account=keyed_hash(secret, "account", username),
        address=keyed_hash(secret, "address", network),
        pair=keyed_hash(secret, "pair", username, network),
    )


def seconds_to_wait(tries: Sequence[datetime], limit: Limit, now: datetime) -> int:
    """Return the whole seconds until the next try is evaluated; 0 when it may be now.

    ``tries`` are the times counted so far, oldest first; those outside the window do not matter.
    """
    counted = [at for at in tries if now - at < limit.window]
    if len(counted) < limit.free:
        return 0
    if len(counted) >= limit.most:
        free_at = counted[-limit.most] + limit.window
    else:
        free_at = counted[-1] + limit.first_pause * 2 ** (len(counted) - limit.free)
    return max(0, math.ceil((free_at - now).total_seconds()))
