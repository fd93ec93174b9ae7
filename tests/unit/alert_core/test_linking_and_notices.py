"""The sentences of the design's semantics on linking, novelty and notices, each as a test on a store in memory."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from schemas.codes import Discourse, Domain, Factuality, Instrument, NoticeKind, NoveltyLevel, Precision, Rank, Stage, Status, Verdict
from schemas.development import DevelopmentState
from schemas.event import Extractor, First
from schemas.extraction import Extraction
from schemas.subscription import Filter
from services.alert.apply import Outcome, apply_extraction
from tests.builders import A_DAY, a_person, a_summit, a_visit, an_agreement, an_article, an_extraction, at, dated, on_day
from tests.fixtures.memory import MemoryRepository

NOW = at(A_DAY, 13)


class Line:
    """Feeds extractions one after another and remembers what each made the world be told."""

    def __init__(self) -> None:
        self.repository = MemoryRepository()
        self.repository.subscribe("all", "*")
        self.offset = 0

    async def feed(self, extraction: Extraction) -> Outcome:
        self.offset += 1
        return await apply_extraction(
            self.repository, extraction, partition=0, offset=self.offset, now=NOW + timedelta(seconds=self.offset)
        )

    async def kinds(self, extraction: Extraction) -> list[str]:
        return [str(notice.type) for notice in (await self.feed(extraction)).notices]


@pytest.fixture
def line() -> Line:
    return Line()


def days(n: int) -> date:
    return A_DAY + timedelta(days=n)


async def test_a_first_signed_agreement_of_a_field_is_a_new_type(line: Line) -> None:
    """Novelty is what the store does not hold: the pair has no earlier signed instrument of the field."""
    outcome = await line.feed(an_extraction(an_agreement()))

    (notice,) = outcome.notices
    assert notice.type == NoticeKind.AGREEMENT_NEW_TYPE
    assert notice.data.novelty is not None
    assert notice.data.novelty.level == NoveltyLevel.NEW_DOMAIN_FOR_PAIR
    assert notice.data.novelty.verdict == Verdict.STORE_ONLY
    assert notice.data.title == "Israel and Bahrain sign a first health memorandum of understanding"
    assert notice.data.sequence == 1


async def test_a_text_that_claims_a_first_confirms_the_store(line: Line) -> None:
    """Where the text and the store agree on a first, the verdict says so."""
    outcome = await line.feed(an_extraction(an_agreement(first=First(is_first=True))))

    assert outcome.notices[0].data.novelty is not None
    assert outcome.notices[0].data.novelty.verdict == Verdict.CONFIRMED


async def test_another_instrument_of_a_known_field_is_new_but_no_new_type(line: Line) -> None:
    """Defence, the military, intelligence and arms are one family; the later text is compared with the earlier record."""
    await line.feed(an_extraction(an_agreement(domains=(Domain.DEFENCE_SECURITY,))))
    later = an_agreement(an_article("a2", day=days(120)), domains=(Domain.MILITARY,), when=on_day(days(120)))

    outcome = await line.feed(an_extraction(later))

    (notice,) = outcome.notices
    assert notice.type == NoticeKind.AGREEMENT_NEW
    assert notice.data.novelty is not None
    assert notice.data.novelty.against is not None
    assert notice.data.novelty.against.date == A_DAY.isoformat()


async def test_a_date_known_only_by_its_last_day_does_not_reach_back_for_months(line: Line) -> None:
    """Rule I0: on or before a day means the ten days before it, so two texts of one field stay two."""
    await line.feed(an_extraction(an_agreement(domains=(Domain.DEFENCE_SECURITY,))))
    later = an_agreement(an_article("a2", day=days(121)), domains=(Domain.MILITARY,), when=dated(None, days(121), Precision.ON_OR_BEFORE))

    assert await line.kinds(an_extraction(later)) == ["agreement.new"]


async def test_a_second_outlet_tells_nothing_new(line: Line) -> None:
    """One occurrence is told once, however many report it; the development counts the reports and the independent sources."""
    await line.feed(an_extraction(an_agreement()))
    other = an_agreement(an_article("b1", day=days(1), source="outlet-b"), instrument=Instrument.AGREEMENT, when=on_day(days(-1)))

    outcome = await line.feed(an_extraction(other))

    assert outcome.notices == ()
    (stored,) = line.repository.stored.values()
    assert (stored.document.reports, stored.document.independent_sources) == (2, 2)
    assert stored.document.instrument == Instrument.MOU


async def test_the_same_extraction_again_is_without_effect(line: Line) -> None:
    """A repeated delivery finds its article applied and changes nothing."""
    extraction = an_extraction(an_agreement())
    await line.feed(extraction)

    outcome = await line.feed(extraction)

    assert not outcome.applied
    assert len(line.repository.notices) == 1


async def test_a_new_revision_with_the_same_facts_tells_nothing(line: Line) -> None:
    """A sentence more in the text makes a new revision, not a new occurrence."""
    await line.feed(an_extraction(an_agreement(), a_visit()))

    again = an_extraction(an_agreement(), a_visit(), revision="rev_2", accepted_at=at(days(2)))

    assert await line.kinds(again) == []
    assert len(line.repository.stored) == 2


async def test_an_older_acceptance_changes_nothing(line: Line) -> None:
    """Alert applies only what is above what it holds: acceptance first, then the extractor's version."""
    await line.feed(an_extraction(an_agreement(), accepted_at=at(days(2))))

    outcome = await line.feed(an_extraction(article=an_article(), accepted_at=at(days(1))))

    assert not outcome.applied


@pytest.mark.parametrize(
    ("version", "lexicon", "applied"),
    [
        pytest.param("0.10.0", "test", True, id="newer version"),
        pytest.param("0.0.9", "test", False, id="older version"),
        pytest.param("0.1.0", "other", True, id="same version, other lexicon, later offset"),
    ],
)
async def test_at_equal_acceptance_the_newer_program_decides(line: Line, version: str, lexicon: str, applied: bool) -> None:
    """0.10 is newer than 0.9; of equal versions with other language data the later record wins."""
    await line.feed(an_extraction(an_agreement()))

    outcome = await line.feed(an_extraction(article=an_article(), extractor=Extractor(version=version, lexicon=lexicon)))

    assert outcome.applied is applied


async def test_an_event_that_a_correction_removes_is_withdrawn(line: Line) -> None:
    """What no article tells any more is retracted, for everybody who was told; the development stays."""
    told = (await line.feed(an_extraction(an_agreement()))).notices[0]

    outcome = await line.feed(an_extraction(article=an_article(), accepted_at=at(days(1))))

    (notice,) = outcome.notices
    assert notice.type == NoticeKind.RETRACTED
    assert notice.data.change is not None
    assert notice.data.change.withdraws == (told.data.id,)
    assert notice.data.development.state == DevelopmentState.RETRACTED


async def test_a_withdrawn_development_revives_under_its_id(line: Line) -> None:
    """Developments are never deleted: a report that comes back finds the same one, and it is told anew."""
    first = (await line.feed(an_extraction(an_agreement()))).notices[0]
    await line.feed(an_extraction(article=an_article(), accepted_at=at(days(1))))

    outcome = await line.feed(an_extraction(an_agreement(), accepted_at=at(days(2))))

    (notice,) = outcome.notices
    assert notice.type == NoticeKind.AGREEMENT_NEW_TYPE
    assert notice.data.development.id == first.data.development.id
    assert notice.data.sequence == 3


async def test_a_slot_that_tells_another_happening_founds_another_development(line: Line) -> None:
    """The event id names a slot, so what it founded before is counted into the id of what it founds next."""
    await line.feed(an_extraction(an_agreement()))
    corrected = an_agreement(when=on_day(days(-300)))

    outcome = await line.feed(an_extraction(corrected, accepted_at=at(days(1))))

    assert sorted(str(notice.type) for notice in outcome.notices) == ["agreement.new_type", "retracted"]
    assert sorted(stored.n for stored in line.repository.stored.values()) == [0, 1]


async def test_a_retraction_goes_to_whoever_was_told_whatever_they_asked_for(line: Line) -> None:
    """A subscriber to visits alone hears that its visit no longer holds, and nobody else does."""
    line.repository.subscriptions = []
    line.repository.subscribe("visits", "visit.new")
    line.repository.subscribe("withdrawals", "retracted")
    await line.feed(an_extraction(a_visit()))

    (notice,) = (await line.feed(an_extraction(article=an_article(), accepted_at=at(days(1))))).notices

    assert line.repository.receivers[notice.data.id] == ["visits"]


async def test_an_older_agreement_that_comes_in_late_takes_the_first_place(line: Line) -> None:
    """The older one is told as the new type; the younger one is withdrawn and told again as one of a known type."""
    younger = (await line.feed(an_extraction(an_agreement()))).notices[0]
    older = an_agreement(an_article("a0", day=days(-100)), when=on_day(days(-100)))

    outcome = await line.feed(an_extraction(older))

    assert [str(notice.type) for notice in outcome.notices] == ["agreement.new_type", "retracted", "agreement.new"]
    assert [notice.data.development.id == younger.data.development.id for notice in outcome.notices] == [False, True, True]


async def test_when_the_older_agreement_is_withdrawn_the_younger_becomes_the_first(line: Line) -> None:
    """The correction works both ways."""
    await line.feed(an_extraction(an_agreement()))
    await line.feed(an_extraction(an_agreement(an_article("a2", day=days(90)), when=on_day(days(90)))))

    kinds = await line.kinds(an_extraction(article=an_article(), accepted_at=at(days(91))))

    assert kinds == ["retracted", "retracted", "agreement.new_type"]


async def test_a_background_mention_is_silent_and_does_not_swallow_the_news(line: Line) -> None:
    """What was first seen in passing is told when an article reports it as news."""
    before = an_agreement(an_article("a0"), discourse=Discourse.BACKGROUND)

    assert await line.kinds(an_extraction(before)) == []
    assert await line.kinds(an_extraction(an_agreement())) == ["agreement.new_type"]
    assert len(line.repository.stored) == 1


async def test_a_plan_is_silent_and_its_signature_is_told_on_the_same_development(line: Line) -> None:
    """The development is the instrument: the signature attaches to the plan."""
    planned = an_agreement(an_article("a0", day=days(-9)), stage=Stage.PLANNED, when=dated(None, None, Precision.NONE))

    assert await line.kinds(an_extraction(planned)) == []
    assert await line.kinds(an_extraction(an_agreement())) == ["agreement.new_type"]
    (stored,) = line.repository.stored.values()
    assert [entry.value for entry in stored.document.history] == ["signed", "planned"]


async def test_a_ratification_is_a_further_stage_of_the_newest_instrument(line: Line) -> None:
    """A later stage never makes a new agreement, and attaches to the pair's newest one of that field."""
    await line.feed(an_extraction(an_agreement(an_article("a0", day=days(-400)), when=on_day(days(-400)))))
    await line.feed(an_extraction(an_agreement()))
    ratified = an_agreement(an_article("a2", day=days(60)), stage=Stage.RATIFIED, instrument=Instrument.AGREEMENT, when=on_day(days(60)))

    assert await line.kinds(an_extraction(ratified)) == []
    newest = next(stored for stored in line.repository.stored.values() if stored.document.date.end == A_DAY)
    assert [entry.value for entry in newest.document.history] == ["signed", "ratified"]
    assert newest.document.stage == Stage.RATIFIED


async def test_a_plan_after_the_signature_is_another_instrument(line: Line) -> None:
    """What is still to be signed is not what has been signed."""
    await line.feed(an_extraction(an_agreement()))
    plan = an_agreement(an_article("a2", day=days(200)), stage=Stage.PLANNED, when=on_day(days(210)))

    await line.feed(an_extraction(plan))

    assert len(line.repository.stored) == 2


async def test_two_fields_signed_at_one_ceremony_are_two_agreements(line: Line) -> None:
    """Instruments of unlike fields never merge, even on one day in one article."""
    article = an_article()
    kinds = await line.kinds(an_extraction(an_agreement(article), an_agreement(article, domains=(Domain.ENERGY, Domain.WATER), ordinal=1)))

    assert kinds == ["agreement.new_type", "agreement.new_type"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"discourse": Discourse.BACKGROUND}, id="background"),
        pytest.param({"factuality": Factuality.CLAIMED}, id="only claimed"),
        pytest.param({"actor_level": "non_state"}, id="no state acts"),
        pytest.param({"aggregate": True}, id="a summary of many"),
        pytest.param({"stage": Stage.ANNOUNCED}, id="announced in principle"),
        pytest.param({"stage": Stage.CANCELLED}, id="cancelled"),
    ],
)
async def test_what_is_not_firm_news_is_kept_but_not_told(line: Line, change: dict[str, object]) -> None:
    """A false alarm costs more than silence."""
    assert await line.kinds(an_extraction(an_agreement(**change))) == []  # type: ignore[arg-type]
    assert len(line.repository.stored) == 1


async def test_an_announced_accession_is_told(line: Line) -> None:
    """Joining an accord takes effect by its announcement."""
    accession = an_agreement(
        parties=("KAZ", "ISR"), stage=Stage.ANNOUNCED, instrument=Instrument.ACCESSION, domains=(Domain.DIPLOMATIC_RELATIONS,)
    )

    assert await line.kinds(an_extraction(accession)) == ["agreement.new_type"]


async def test_a_visit_is_told_once_and_then_only_when_its_status_changes(line: Line) -> None:
    """Planned, arrived, ended: one `visit.new` and a `visit.changed` for each step; repeats are silent."""
    planned = a_visit(an_article("a0", day=days(-3)), status=Status.PLANNED)
    again = a_visit(an_article("b0", day=days(-2), source="outlet-b"), status=Status.PLANNED)
    ended = a_visit(an_article("a2", day=days(1)), status=Status.COMPLETED)

    assert await line.kinds(an_extraction(planned)) == ["visit.new"]
    assert await line.kinds(an_extraction(again)) == []
    assert await line.kinds(an_extraction(a_visit())) == ["visit.changed"]
    outcome = await line.feed(an_extraction(ended))

    (notice,) = outcome.notices
    assert notice.data.change is not None
    assert (notice.data.change.field, notice.data.change.from_, notice.data.change.to) == ("status", "ongoing", "completed")
    assert len(line.repository.stored) == 1


async def test_a_late_plan_does_not_turn_a_visit_back(line: Line) -> None:
    """The order of publication decides, not the order of arrival."""
    await line.feed(an_extraction(a_visit()))

    assert await line.kinds(an_extraction(a_visit(an_article("late", day=days(-3)), status=Status.PLANNED))) == []


async def test_a_visit_that_is_called_off_is_told_as_changed(line: Line) -> None:
    """Whoever heard of the plan hears of its end."""
    await line.feed(an_extraction(a_visit(an_article("a0", day=days(-5)), status=Status.PLANNED)))

    kinds = await line.kinds(an_extraction(a_visit(an_article("a1", day=days(-2)), status=Status.CANCELLED)))

    assert kinds == ["visit.changed"]


async def test_two_ministers_at_one_place_are_two_visits(line: Line) -> None:
    """A visit is a visitor's: other names of other offices are another visit."""
    await line.feed(an_extraction(a_visit()))
    other = a_visit(an_article("a2"), visitors=(a_person("Omer Example", rank=Rank.MINISTER_OTHER),))

    assert await line.kinds(an_extraction(other)) == ["visit.new"]


async def test_the_same_minister_again_in_another_month_is_another_visit(line: Line) -> None:
    """Windows that do not meet are two trips."""
    await line.feed(an_extraction(a_visit()))

    assert await line.kinds(an_extraction(a_visit(an_article("a2", day=days(60)), when=on_day(days(60))))) == ["visit.new"]


async def test_an_arrival_without_an_end_lasts_ten_days_for_matching(line: Line) -> None:
    """Rule I0 closes the open bound of an arrival."""
    await line.feed(an_extraction(a_visit(when=dated(A_DAY, None, Precision.DAY))))
    ninth = a_visit(an_article("a2", day=days(9)), status=Status.COMPLETED, when=on_day(days(9)))
    later = a_visit(an_article("a3", day=days(20)), when=on_day(days(20)))

    assert await line.kinds(an_extraction(ninth)) == ["visit.changed"]
    assert await line.kinds(an_extraction(later)) == ["visit.new"]


async def test_a_visit_the_other_way_is_another_visit(line: Line) -> None:
    """Who goes where belongs to the identity."""
    await line.feed(an_extraction(a_visit(visitors=(a_person(None, rank=Rank.DELEGATION),), delegation=True)))
    back = a_visit(
        an_article("a2"), origin="BHR", to="ISR", visitors=(a_person(None, country="BHR", rank=Rank.DELEGATION),), delegation=True
    )

    assert await line.kinds(an_extraction(back)) == ["visit.new"]


async def test_an_event_that_fits_two_developments_is_kept_apart_and_silent(line: Line) -> None:
    """Rule I2: nothing is guessed; the development is flagged."""
    await line.feed(an_extraction(an_agreement(when=on_day(days(0)))))
    await line.feed(an_extraction(an_agreement(an_article("a2", day=days(8)), when=on_day(days(8)))))
    between = an_agreement(an_article("a3", day=days(8)), when=on_day(days(4)))

    outcome = await line.feed(an_extraction(between))

    assert outcome.notices == ()
    assert outcome.links == {"ambiguous": 1}
    assert [stored.document.flags for stored in line.repository.stored.values()].count(("ambiguous_link",)) == 1


async def test_of_two_that_are_near_the_one_of_the_very_day_is_meant(line: Line) -> None:
    """Two agreements of one field within a week: a report dated like one of them links to that one."""
    await line.feed(an_extraction(an_agreement(when=on_day(days(0)))))
    await line.feed(an_extraction(an_agreement(an_article("a2", day=days(8)), when=on_day(days(8)))))
    await line.feed(an_extraction(an_agreement(an_article("a3", day=days(8)), when=on_day(days(4)))))

    outcome = await line.feed(an_extraction(an_agreement(an_article("a4", day=days(9)), when=on_day(days(8)))))

    assert outcome.links == {"same": 1}
    assert len(line.repository.stored) == 3


async def test_a_doubtful_development_breeds_no_further_doubt(line: Line) -> None:
    """What was kept apart as ambiguous is no candidate for others, and stays what its own article's next revision links to."""
    await line.feed(an_extraction(an_agreement(when=on_day(days(0)))))
    await line.feed(an_extraction(an_agreement(an_article("a2", day=days(8)), when=on_day(days(8)))))
    doubtful = an_agreement(an_article("a3", day=days(8)), when=on_day(days(4)))
    await line.feed(an_extraction(doubtful))

    again = await line.feed(an_extraction(doubtful, revision="rev_2", accepted_at=at(days(10))))
    near = await line.feed(an_extraction(an_agreement(an_article("a4", day=days(9)), when=on_day(days(1)))))

    assert len(line.repository.stored) == 3
    assert again.notices == near.notices == ()


async def test_an_undated_mention_links_to_the_only_candidate(line: Line) -> None:
    """What has no date is tied to a development only when there is just one it can be."""
    await line.feed(an_extraction(an_agreement()))
    undated = an_agreement(an_article("a2", day=days(3)), when=dated(None, days(2), Precision.UNKNOWN_BEFORE))

    outcome = await line.feed(an_extraction(undated))

    assert outcome.links == {"single_candidate": 1}
    assert len(line.repository.stored) == 1


async def test_a_summit_keeps_its_identity_when_a_state_joins(line: Line) -> None:
    """Two thirds of the smaller set at one host are enough; the number of states is no identity."""
    await line.feed(an_extraction(a_summit(parties=("EGY", "ARE", "ISR"))))
    wider = a_summit(an_article("a2"), parties=("ISR", "EGY", "ARE", "JOR"))

    await line.feed(an_extraction(wider))

    (stored,) = line.repository.stored.values()
    assert set(stored.document.parties) == {"EGY", "ARE", "ISR", "JOR"}


async def test_filters_choose_who_is_told(line: Line) -> None:
    """Every list that is not empty must be met; a pair has no order; a visit has no domain to meet."""
    line.repository.subscriptions = []
    line.repository.subscribe("pair", "*", wanted=Filter(pairs=("BHR-ISR",)))
    line.repository.subscribe("other-pair", "*", wanted=Filter(pairs=("ISR-MAR",)))
    line.repository.subscribe("party-and-domain", "agreement.*", wanted=Filter(parties=("BHR",), domains=(Domain.HEALTH,)))
    line.repository.subscribe("domain", "*", wanted=Filter(domains=(Domain.ENERGY,)))
    line.repository.subscribe("visits", "visit.new")

    agreement, visit = (await line.feed(an_extraction(an_agreement(), a_visit()))).notices

    assert line.repository.receivers[agreement.data.id] == ["pair", "party-and-domain"]
    assert line.repository.receivers[visit.data.id] == ["pair", "visits"]


async def test_notice_ids_are_the_same_on_every_replay() -> None:
    """Whoever rebuilds the store from the topic tells nobody twice."""
    runs = []
    for _ in range(2):
        line = Line()
        await line.feed(an_extraction(an_agreement(), a_visit()))
        await line.feed(an_extraction(article=an_article(), accepted_at=at(days(1))))
        runs.append([notice.data.id for notice in line.repository.notices])

    assert runs[0] == runs[1]
    assert len(set(runs[0])) == 4


async def test_a_notice_names_ten_articles_and_counts_all(line: Line) -> None:
    """Size is bounded; the count is not."""
    for n in range(12):
        await line.feed(an_extraction(a_visit(an_article(f"a{n:02d}", source=f"outlet-{n}"), status=Status.PLANNED)))

    (notice,) = (await line.feed(an_extraction(a_visit(an_article("b", day=days(1)))))).notices

    assert len(notice.data.articles) == 10
    assert notice.data.development.reports == 13
    assert notice.data.sentence.endswith("Told by 13 articles of 13 sources.")
