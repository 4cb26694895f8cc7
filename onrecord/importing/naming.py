"""Ids of what is imported: made from the keys that a data set has, or from what a thing says."""

import hashlib
import json
import re
import unicodedata

MAX_READABLE = 80
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DIGEST_LENGTH = 16


def keyed(kind: str, data_set: str, *keys: str) -> str:
    """Return the id of a thing that a data set knows by these keys; other keys, another id."""
    name = "--".join(keys)
    if len(name) <= MAX_READABLE and all(map(_KEY.fullmatch, keys)):
        return f"{kind}/{data_set}/{name}"
    return described(kind, data_set, name, *keys)


def described(kind: str, data_set: str, words: str, *content: str) -> str:
    """Return the id of what has this content; the words only make the id readable."""
    readable = slug(words)[:MAX_READABLE].strip("-")
    return f"{kind}/{data_set}/{readable}-{digest(*content)}".replace("/-", "/")


def slug(text: str) -> str:
    """Return the letters a to z and digits of a text, and '-' for the rest."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", plain).strip("-")


def digest(*content: str) -> str:
    """Return a short digest of texts, in hexadecimal."""
    listed = json.dumps(content)  # in ASCII, half characters included
    return hashlib.sha256(listed.encode()).hexdigest()[:_DIGEST_LENGTH]
