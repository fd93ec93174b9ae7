"""What stands in the generated blocks of README.md; `python -m tests.readme` writes it there."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from schemas.article import Article, ArticleDraft, Source, with_headline
from schemas.event import EVENT, NormalizationEvent
from schemas.extraction import Extraction
from schemas.ids import revision_of
from services.alert.apply import apply_extraction
from services.alert.repository import SqlRepository
from services.alert.schema import migrate
from services.extract.core import Extractor as LoadedExtractor
from services.extract.core import load_extractor
from services.runtime.settings import settings_table
from services.runtime.store import open_engine, write_transaction
from tests.corpus.load import languages
from tests.corpus.score import baseline
from tests.documents import README, blocks, written

NOW = datetime(2022, 2, 3, 12, 20, 1, tzinfo=UTC)
WIDTH = 140
HIDDEN = ("article", "extractor", "articles", "first_reported_at", "last_reported_at", "history")


def article() -> Article:
    """The article of the README as ingest accepts it."""
    draft = ArticleDraft.model_validate_json(blocks(README.read_text(encoding="utf-8"))["article"])
    assert draft.id is not None
    accepted = Article(
        id=draft.id,
        url=draft.url,
        title=draft.title,
        text=with_headline(draft.title, draft.text),
        language=draft.language,
        published_at=draft.published_at,
        source=Source(**draft.source.model_dump()),
        accepted_at=NOW,
    )
    return accepted.model_copy(update={"revision": revision_of(accepted)})


@cache
def _extractor() -> LoadedExtractor:
    return load_extractor()


def events() -> list[NormalizationEvent]:
    """The events that the engine reads in that article."""
    return _extractor().extract(article())


async def notice() -> Mapping[str, Any]:
    """The notice of the agreement, told by alert on an empty store."""
    accepted = article()
    assert accepted.revision is not None
    extraction = Extraction(
        article=accepted.ref(), revision=accepted.revision, accepted_at=NOW, extractor=_extractor().identity, events=tuple(events())
    )
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/alert.db"
        await migrate(url, busy_timeout_ms=1_000)
        engine = open_engine(url, busy_timeout_ms=1_000)
        try:
            async with write_transaction(engine) as connection:
                outcome = await apply_extraction(SqlRepository(connection), extraction, partition=0, offset=0, now=NOW)
        finally:
            await engine.dispose()
    (told,) = (notice for notice in outcome.notices if notice.type.startswith("agreement."))
    return dict(json.loads(told.model_dump_json()))


def shown(value: Any) -> Any:
    """Without what is null, empty, false or said elsewhere, for people."""
    if isinstance(value, Mapping):
        found = {key: shown(part) for key, part in value.items() if key not in HIDDEN}
        return {key: part for key, part in found.items() if part is not None and part is not False and part not in ([], {})}
    return [shown(part) for part in value] if isinstance(value, list) else value


def laid_out(value: Any, indent: int = 0) -> str:
    """JSON with one line for whatever fits on one."""
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + indent <= WIDTH - 20 and (indent or not isinstance(value, dict)):
        return line
    pad = " " * (indent + 2)
    if isinstance(value, dict):
        parts = [f"{pad}{json.dumps(key)}: {laid_out(part, indent + 2)}" for key, part in value.items()]
        return "{\n" + ",\n".join(parts) + "\n" + " " * indent + "}"
    if isinstance(value, list):
        return "[\n" + ",\n".join(pad + laid_out(part, indent + 2) for part in value) + "\n" + " " * indent + "]"
    return line


def quality() -> str:
    """How well each language is read, from the baselines that may not fall: the part that rules are tuned on beside the locked one."""
    rows = ["| language | part | articles | precision | recall | fields right |", "|---|---|---|---|---|---|"]
    for language in languages():
        for part, figures in sorted(baseline(language).items(), reverse=True):
            fresh, fields = figures["fresh"], figures["fields"].values()
            right, wanted = sum(field["right"] for field in fields), sum(field["n"] for field in fields)
            name = "tuned on" if part == "tune" else part
            rows.append(
                f"| {language} | {name} | {figures['articles']} | {fresh['precision']:.2f} | {fresh['recall']:.2f} | {right / wanted:.2f} |"
            )
    return "\n".join(rows) + "\n"


def generated() -> dict[str, str]:
    """What must stand in the generated blocks."""
    first = json.loads(EVENT.dump_json(events()[0]))
    return {
        "event": laid_out(shown({"id": first["id"], "type": first["type"], **first})) + "\n",
        "notice": laid_out(shown(asyncio.run(notice()))) + "\n",
        "settings": settings_table() + "\n",
        "quality": quality(),
    }


if __name__ == "__main__":
    README.write_text(written(README.read_text(encoding="utf-8"), generated()), encoding="utf-8")
