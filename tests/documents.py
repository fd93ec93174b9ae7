"""The named blocks of README.md: a block stands between `<!-- name -->` and `<!-- end -->`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"


TABLES = frozenset({"settings", "quality"})
"""Blocks that are tables, not JSON."""


def blocks(text: str) -> dict[str, str]:
    """The content of every block by its name, without the fence."""
    found = re.findall(r"<!-- ([a-z ]+) -->\n(.*?)<!-- end -->", text, flags=re.DOTALL)
    return {name: re.sub(r"\A```\w*\n|```\n\Z", "", body) for name, body in found}


def written(text: str, contents: Mapping[str, str]) -> str:
    """The README with these blocks filled."""
    for name, content in contents.items():
        body = content if name in TABLES else f"```json\n{content}```\n"
        text = re.sub(rf"(<!-- {name} -->\n).*?(<!-- end -->)", lambda match, body=body: match[1] + body + match[2], text, flags=re.DOTALL)
    return text
