"""One article in, its events out: the file to read first. Pure: no clock, no network, no environment."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

from schemas.article import Article
from schemas.codes import EvidenceRole
from schemas.event import MAX_EVENTS, NormalizationEvent
from schemas.event import Extractor as Identity
from services.extract.engine.assembly.build import Built, build
from services.extract.engine.assembly.merge import merge
from services.extract.engine.clauses.mentions import Mention
from services.extract.engine.events.ending import last_naming, last_told
from services.extract.engine.events.reading import read_sentence
from services.extract.engine.events.silences import silences
from services.extract.engine.events.story import Story
from services.extract.engine.knowledge.lexicon import Lexicon, states_of
from services.extract.engine.knowledge.reader import Reader, Readers
from services.extract.engine.knowledge.watch import SHIPPED, Watchlist, find_watchlist, load_watchlist
from services.extract.engine.phrases.actors import Actor, Group
from services.extract.engine.phrases.bearers import bearers
from services.extract.engine.phrases.context import (
    Context,
    full_names,
    learn_offices,
    name_again,
    resolve_kingdom,
    surnames,
)
from services.extract.engine.phrases.epithets import resolve_epithets
from services.extract.engine.phrases.find import find_actors
from services.extract.engine.phrases.holders import settle_holders
from services.extract.engine.phrases.namesakes import settle_namesakes
from services.extract.engine.phrases.owncountry import resolve_own_country, resolve_that_country
from services.extract.engine.phrases.twins import resolve_twins
from services.extract.engine.text import Text, normalize
from services.extract.engine.words.compound import join_verbs
from services.extract.engine.words.dates import FIRST_YEAR, LAST_YEAR, find_dates
from services.extract.engine.words.homographs import settle_homographs
from services.extract.engine.words.items import Item, Sentence, marks_of, numbers, scan, with_colons
from services.extract.engine.words.names import named, without_strangers
from services.extract.engine.words.numericdates import with_numeric_dates
from services.extract.engine.words.particles import join_particles, right_case
from services.extract.engine.words.sameperiod import LastDates
from services.extract.engine.words.segment import own_sentences, sentences
from services.extract.engine.words.tongues import Tongues
from services.extract.engine.words.verbs import compose_verbs
from services.extract.explain import Derivation, Explanation, Silence, Span

HERE = Path(__file__).parent
LANGUAGES = HERE / "lang"
SHARED = LANGUAGES / "_shared"
DEFAULT_WATCHLIST = SHIPPED / "default.toml"


@dataclass(frozen=True)
class Reading:
    """Everything that was found in an article, for whoever wants to explain it."""

    story: Story | None
    sentences: list[Sentence]
    built: list[Built]
    reason: str | None = None
    language: str | None = None


class Extractor:
    """Reads articles. Stateless and deterministic: the same article gives the same events in every process."""

    def __init__(self, readers: Readers, watchlist: Watchlist, identity: Identity) -> None:
        self._readers = readers
        self._tongues = Tongues(readers.languages)
        self._watchlist = watchlist
        self.identity = identity

    def load_all(self) -> None:
        """Compile every language now, so that no article waits for it and wrong data stop a start. Raises `ConfigError`."""
        for code in self._readers:
            self._readers[code]

    def extract(self, article: Article) -> list[NormalizationEvent]:
        """The events of `article`, ordered by their first evidence, `MAX_EVENTS` at most."""
        return [built.event for built in self.read(article, whole=False).built][:MAX_EVENTS]

    def read(self, article: Article, *, whole: bool = True) -> Reading:
        """The events of `article` and how they were found; unless the `whole` is wanted, only as far as it tells any."""
        text = normalize(article.text)
        language = self._tongues.of(text, article.language)
        if language is None:
            return Reading(None, [], [], "the text is in no language that has a folder")
        reader = self._readers[language]
        home = article.source.country or reader.lexicon.language.home
        if not self._watchlist.may_matter(reader.glance(text) | ({home} if home else set())):
            return Reading(None, [], [], "no watched pair of states is named")
        return self._read_in(reader, text, article, whole=whole)

    def explain(self, article: Article) -> Explanation:
        """How the events of `article` were found, and why other places in it gave none."""
        reading = self.read(article)
        if reading.story is None:
            return Explanation(article.id, None, reading.reason, [], [])
        text = reading.story.text
        skips = [*reading.story.skips, *silences(reading.story, reading.sentences, self._readers[str(reading.language)].rules.triggers)]
        skips.sort(key=lambda skip: (skip.start, skip.end, skip.rule))
        return Explanation(
            article=article.id,
            language=reading.language,
            reason=None,
            events=[(built.event, [_derivation(text, mention) for mention in built.draft.told]) for built in reading.built[:MAX_EVENTS]],
            silences=[Silence(skip.sentence, _span(text, skip.start, skip.end), skip.rule, skip.reason) for skip in skips],
        )

    def _read_in(self, reader: Reader, text: Text, article: Article, *, whole: bool) -> Reading:
        published = _day_of(article)
        language = reader.lexicon.language
        text = named(text, language)
        home = article.source.country or language.home
        story = Story(text, reader.lexicon, self._watchlist, published, home if language.home is not None else None)
        known = _words(text, reader.lexicon)
        marks = marks_of(known)  # what the article has no word of need not be sought in its sentences
        found = sentences(text, known, language.abbreviations)
        if "foreign" in marks:
            found = own_sentences(found)
        context = Context(
            home=home,
            unsaid=language.home is not None,
            persons=reader.lexicon.persons,
            day=published,
        )
        if "twin" in marks:
            resolve_twins(found, context.home)
        if "epithet" in marks:
            resolve_epithets(found)
        told = found if whole else found[: last_told(found, reader.rules)]
        words = _phrases(text, told, context, reader.lexicon, marks)
        if names := bearers(text, told, reader.lexicon, published) | surnames(text, told, reader.lexicon):
            further = found[len(told) : last_naming(text, found, names)]
            words |= _phrases(text, further, context, reader.lexicon, marks)
            told = [*told, *further]
            _name_again(text, told, words, names, story)
        settle_namesakes(text, told)
        if "held.ground" in marks:
            story.note_ground(told)
        for sentence in told:
            learn_offices(text, sentence, context)
            read_sentence(story, sentence, reader.rules)
        return Reading(story, found, build(story, merge(story, told), article, self.identity), language=language.code)


def _day_of(article: Article) -> date | None:
    """The day of publication; one outside of the years that dates are read in is as good as none."""
    day = article.published_at.date() if article.published_at else None
    return day if day is not None and FIRST_YEAR < day.year < LAST_YEAR else None


def _words(text: Text, lexicon: Lexicon) -> list[Item]:
    """The words of `text` that the language knows, its numbers and its colons; small words joined to their neighbours."""
    found = scan(text, lexicon)
    if lexicon.language.capitals:
        found = right_case(text, found)
    found = numbers(text, found, lexicon.language.ordinals)
    if lexicon.language.numeric_dates:
        found = with_numeric_dates(text, found)
    return with_colons(text, join_particles(text, found))


def _phrases(text: Text, found: list[Sentence], context: Context, lexicon: Lexicon, marks: frozenset[str]) -> dict[int, list[Item]]:
    """Make phrases of the words of the sentences; returns the words by the number of the sentence. Each must follow what is before it."""
    words: dict[int, list[Item]] = {}
    language, dates = lexicon.language, LastDates()
    for sentence in found:
        sentence.items = find_dates(text, without_strangers(text, sentence.items))
        dates.tie(sentence.items)
        if language.auxiliaries:
            sentence.items = compose_verbs(text, sentence.items)
        if language.compound_verbs:
            sentence.items = join_verbs(text, sentence.items)
        sentence.items = settle_homographs(sentence.items)
        if "kingdom" in marks:
            resolve_kingdom(sentence, context)
        if "own_country" in marks:
            resolve_own_country(sentence)
        if "that_country" in marks:
            resolve_that_country(sentence)
        words[sentence.number] = sentence.items
        _find_actors(text, sentence, lexicon, context.day)
    return words


def _find_actors(text: Text, sentence: Sentence, lexicon: Lexicon, day: date | None) -> None:
    sentence.items = find_actors(text, sentence.items)
    sentence.actors = [item for item in sentence.items if isinstance(item.value, Group)]
    settle_holders(text, sentence, lexicon, day)


def _name_again(text: Text, found: list[Sentence], words: dict[int, list[Item]], names: dict[str, Actor], story: Story) -> None:
    """Read the sentences again in which somebody is named by the surname alone."""
    phrases = {sentence.number: sentence.items for sentence in found}
    whole = full_names(text, found)
    for sentence in found:
        sentence.items = words[sentence.number]
    touched = {sentence.number for sentence in name_again(text, found, names, whole, story.lexicon)}
    for sentence in found:
        if sentence.number in touched:
            sentence.items = without_strangers(text, sentence.items)
            _find_actors(text, sentence, story.lexicon, story.published)
        else:
            sentence.items = phrases[sentence.number]


def _span(text: Text, start: int, end: int) -> Span:
    first, last = text.span(start, end)
    return Span(first, last, text.source[first:last])


def _derivation(text: Text, mention: Mention) -> Derivation:
    trigger_start, trigger_end = next((start, end) for role, start, end in mention.evidence if role is EvidenceRole.TRIGGER)
    return Derivation(
        sentence=mention.sentence.number,
        rule=mention.rule.id,
        why=mention.rule.why,
        trigger=_span(text, trigger_start, trigger_end),
        course=mention.modality.course,
        roles={
            role: [{"quote": _span(text, actor.start, actor.end).quote, "state": actor.iso} for actor in group.members]
            for role, group in mention.roles.items()
            if group.members
        },
        date=_span(text, *mention.date_span).quote if mention.date_span else None,
    )


def load_extractor(watchlist: Path | None = None) -> Extractor:
    """The extractor over all languages in `lang/`, for a watchlist file or one that ships, by name.

    Raises `ConfigError` that names the file when data are wrong; those of a language when its first text comes, or by `load_all`.
    """
    folders = sorted(path.parent for path in LANGUAGES.glob("*/language.toml"))
    watch = load_watchlist(find_watchlist(watchlist) if watchlist else DEFAULT_WATCHLIST, states_of(folders[0]))
    return Extractor(Readers(folders, SHARED, watch), watch, Identity(version=version("musafaha"), lexicon=_hash_of_data(watch)))


def _hash_of_data(watch: Watchlist) -> str:
    """The hash of everything that is data: language folders, shared tables, codes, the watchlist in use and those it extends."""
    digest = hashlib.sha256()
    for path in [*sorted(LANGUAGES.rglob("*.toml")), HERE / "codes.toml", *watch.files]:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
