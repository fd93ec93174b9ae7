"""The contracts hold every field and value of the ontology: written down here a second time, so that none can vanish unnoticed."""

from __future__ import annotations

from enum import StrEnum

import pytest

from schemas import codes, event

COMMON = (
    "id type parties object_party initiator actor_level date place factuality contested attribution discourse first part_of trip_id "
    "aggregate count flags canonical_hint confidence evidence rules plover cameo article extractor"
)
FIELDS = {
    event.AgreementEvent: "stage instrument instrument_id name domains signatories vehicle actor_of_stage",
    event.VisitEvent: "status visitors from to cities delegation delegation_org official secret purpose duration_days",
    event.MeetingEvent: "status level mode participants",
    event.SummitEvent: "status level host name edition participants",
    event.RelationsChangeEvent: "action secondary_action status mission",
    event.FlightsEvent: "action status carrier origin destination direct commercial frequency",
    event.ExerciseEvent: "status name edition host roles",
    event.ArmsDealEvent: "stage seller seller_org buyer item item_class amount",
}
PARTS = {
    event.Person: "name name_in_text country office rank role",
    event.First: "is_first scope text_scope claimed_by since",
    event.Evidence: "role start end quote",
    event.Place: "country city site",
    event.Mission: "kind sending receiving city",
    event.Plover: "event mode context",
    event.Amount: "value currency",
    event.Endpoint: "country city",
}
VALUES: dict[type[StrEnum], str] = {
    codes.EventType: "agreement visit meeting summit relations_change flights exercise arms_deal",
    codes.Stage: (
        "proposed negotiating announced planned initialled finalized signed approved_by_government submitted_for_ratification ratified "
        "in_force extended postponed resumed expired suspended cancelled rejected"
    ),
    codes.Instrument: (
        "mou agreement framework_agreement treaty protocol convention joint_declaration declaration_of_intent free_trade_agreement "
        "contract work_plan accession unspecified"
    ),
    codes.Vehicle: "bill decree cabinet_decision",
    codes.Domain: (
        "defence_security military intelligence arms cyber aviation transport trade investment_finance energy water environment "
        "agriculture tech_innovation communications health education_science culture sport tourism labour justice visa_consular "
        "diplomatic_relations parliamentary religion_tolerance humanitarian borders general"
    ),
    codes.Status: "planned ongoing completed postponed cancelled denied refused",
    codes.Purpose: "sign_agreement talks open_mission summit ceremony exercise business religious_heritage sport_culture media other",
    codes.Rank: (
        "head_of_state crown_prince head_of_government speaker minister_foreign minister_defence minister_other deputy_minister "
        "chief_of_staff intel_chief nsa senior_officer director_general ambassador envoy lawmaker local_authority delegation business "
        "civil_society royal former_official party_leader police_chief private unknown"
    ),
    codes.PersonRole: "visitor companion participant host signatory",
    codes.Mode: "in_person phone video",
    codes.Level: (
        "heads foreign_ministers defence_ministers ministerial military intelligence senior_officials parliamentary working_group"
    ),
    codes.RelationsAction: (
        "establish resume upgrade recognize open_mission appoint_envoy exchange_envoys downgrade suspend recall_envoy close_mission sever "
        "expel_envoy ease_restriction"
    ),
    codes.RelationsStatus: "planned announced done denied",
    codes.MissionKind: "embassy consulate liaison_office representative_office trade_office",
    codes.FlightsAction: ("route_announced route_launched route_suspended route_resumed one_off_flight airspace_opened airspace_closed"),
    codes.FlightsStatus: "planned done cancelled denied",
    codes.ExerciseRole: "participant observer host",
    codes.ArmsStage: "negotiating announced approved planned signed delivered in_production suspended cancelled",
    codes.ItemClass: (
        "air_defence uav loitering_munition missile artillery armour naval aircraft_upgrade satellite radar_ew cyber_surveillance "
        "small_arms other"
    ),
    codes.Precision: (
        "day day_or_later on_or_before week week_loose decade month year interval approx approx_before approx_after unknown_before none"
    ),
    codes.Basis: "explicit shared inferred",
    codes.Factuality: "asserted reported claimed denied",
    codes.Discourse: "lead body background",
    codes.FirstScope: "person office pair pair_stage kind isr_arab isr_gulf term",
    codes.EvidenceRole: (
        "trigger party implicit_party person office place date duration domain instrument status first count attribution denial "
        "background_cue official signatory"
    ),
    codes.NoticeKind: (
        "agreement.new_type agreement.new agreement.prospective agreement.changed visit.new visit.changed summit.new relations.changed "
        "flights.new exercise.new arms_deal.new retracted merged"
    ),
}


def _wire_names(model: type[event.Contract]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


@pytest.mark.parametrize("model", FIELDS, ids=lambda model: model.__name__)
def test_a_type_has_the_common_fields_its_own_and_no_other(model: type[event.Contract]) -> None:
    """What annotators may mark, a message can carry."""
    assert _wire_names(model) == set(COMMON.split()) | set(FIELDS[model].split())


@pytest.mark.parametrize("model", PARTS, ids=lambda model: model.__name__)
def test_a_part_of_an_event_has_its_fields(model: type[event.Contract]) -> None:
    """Persons, places and spans are complete, too."""
    assert _wire_names(model) == set(PARTS[model].split())


@pytest.mark.parametrize("values", VALUES, ids=lambda values: values.__name__)
def test_an_enumeration_has_its_values_in_their_order(values: type[StrEnum]) -> None:
    """A value that was once sent stays readable; the order says which is more senior, firmer, fresher."""
    assert [str(value) for value in values] == VALUES[values].split()
