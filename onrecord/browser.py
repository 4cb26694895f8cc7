"""What Neo4j Browser shows on its own: the style of the graph, a guide, a first picture."""

from collections.abc import Mapping

import orjson

_INK, _PAPER = "#1B2430", "#FFFFFF"

_NODES: Mapping[str, tuple[str, str, str, str]] = {
    # label: fill, border, text, diameter; Browser lets later rules win, so the main ones come last
    "Problem": ("#D13438", "#8C1C13", _PAPER, "50px"),
    "Checkpoint": ("#A5ABB6", "#7C8390", _PAPER, "40px"),
    "Role": ("#9DB4D6", "#5B7DB1", _INK, "45px"),
    "Source": ("#C9B7E8", "#8A6CC4", _INK, "65px"),
    "Event": ("#F2A65A", "#C77A25", _INK, "65px"),
    "Statement": ("#FFD166", "#D7A013", _INK, "70px"),
    "Claim": ("#8DCC93", "#4F9E57", _INK, "80px"),
    "Issue": ("#F16667", "#C4383A", _PAPER, "80px"),
    "Actor": ("#4C8EDA", "#2363AE", _PAPER, "70px"),
}
_RELATIONSHIPS = {
    "MADE": "#2363AE",
    "ASSERTS": "#3C8D45",
    "DENIES": "#C4383A",
    "DOUBTS": "#C77A25",
    "ASKS": "#6B7280",
    "ASCRIBES": "#8A6CC4",
    "ASCRIBES_TO": "#8A6CC4",
    "ABOUT": "#C4383A",
}

PICTURE = (
    "MATCH p=(:Actor)-[:MADE]->(:Statement)-[:ASSERTS|DENIES|DOUBTS|ASKS]->(:Claim)"
    "-[:ABOUT]->(:Issue) RETURN p LIMIT 40"
)


def browser_style() -> dict[str, dict[str, str]]:
    """Return the style, in the JSON form of Browser's GraSS."""
    style: dict[str, dict[str, str]] = {
        "node": {
            "diameter": "50px",
            "color": "#A5ABB6",
            "border-color": "#7C8390",
            "border-width": "2px",
            "text-color-internal": _PAPER,
            "font-size": "10px",
        },
        "relationship": {
            "color": "#A5ABB6",
            "shaft-width": "1px",
            "font-size": "8px",
            "padding": "3px",
            "text-color-external": _INK,
            "text-color-internal": _PAPER,
            "caption": "<type>",
        },
    }
    for label, (fill, border, text, diameter) in _NODES.items():
        style[f"node.{label}"] = {
            "color": fill,
            "border-color": border,
            "text-color-internal": text,
            "diameter": diameter,
            "caption": "{name}",
        }
    for kind, color in _RELATIONSHIPS.items():
        style[f"relationship.{kind}"] = {"color": color, "shaft-width": "2px"}
    return style


def browser_settings(service_url: str) -> dict[str, str]:
    """Return the lines of neo4j.conf by which Browser draws the graph without being asked."""
    style = orjson.dumps(browser_style()).decode()
    host = service_url.removeprefix("http://")
    return {
        "browser.post_connect_cmd": f"style {style}; guide {service_url}/browser-guide; "
        f"auto {PICTURE}",
        "browser.remote_content_hostname_whitelist": f"{service_url},"
        f"{host.rpartition(':')[0]},localhost",
    }
