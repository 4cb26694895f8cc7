"""Invented reviews of claims, as many as a test needs."""

import json
from collections.abc import Iterable
from pathlib import Path

Review = dict[str, object]


def review(number: int, **changed: object) -> Review:
    """Return a review of a claim by one of three claimants."""
    return {
        "@type": "ClaimReview",
        "url": f"https://gazette.example/{number}",
        "datePublished": "2017-03-05",
        "claimReviewed": f"The dam has {number} leaks.",
        "author": {"@type": "Organization", "name": "The Gazette"},
        "reviewRating": {"alternateName": "False"},
        "itemReviewed": {
            "author": {"@type": "Person", "name": f"Witness {number % 3}"},
            "datePublished": "2017-03-01",
        },
        **changed,
    }


def lines(path: Path, reviews: Iterable[Review]) -> Path:
    """Write one review a line."""
    path.write_text("".join(f"{json.dumps(one)}\n" for one in reviews), "utf-8")
    return path
