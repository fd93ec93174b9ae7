"""Every enumeration of the ontology (`docs/ontology.md`), with the wire values. One class per field, in the order of the ontology.

Where an order matters (`Rank` by seniority, `Stage` by progress), the members stand in that order.
"""

from __future__ import annotations

from enum import StrEnum


class EventType(StrEnum):
    """The eight types of event."""

    AGREEMENT = "agreement"
    VISIT = "visit"
    MEETING = "meeting"
    SUMMIT = "summit"
    RELATIONS_CHANGE = "relations_change"
    FLIGHTS = "flights"
    EXERCISE = "exercise"
    ARMS_DEAL = "arms_deal"


class Stage(StrEnum):
    """How far the instrument of an agreement has come, early stages first; the last six end or interrupt it."""

    PROPOSED = "proposed"
    NEGOTIATING = "negotiating"
    ANNOUNCED = "announced"
    PLANNED = "planned"
    INITIALLED = "initialled"
    FINALIZED = "finalized"
    SIGNED = "signed"
    APPROVED_BY_GOVERNMENT = "approved_by_government"
    SUBMITTED_FOR_RATIFICATION = "submitted_for_ratification"
    RATIFIED = "ratified"
    IN_FORCE = "in_force"
    EXTENDED = "extended"
    POSTPONED = "postponed"
    RESUMED = "resumed"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


class Instrument(StrEnum):
    """The kind of text that is adopted."""

    MOU = "mou"
    AGREEMENT = "agreement"
    FRAMEWORK_AGREEMENT = "framework_agreement"
    TREATY = "treaty"
    PROTOCOL = "protocol"
    CONVENTION = "convention"
    JOINT_DECLARATION = "joint_declaration"
    DECLARATION_OF_INTENT = "declaration_of_intent"
    FREE_TRADE_AGREEMENT = "free_trade_agreement"
    CONTRACT = "contract"
    WORK_PLAN = "work_plan"
    ACCESSION = "accession"
    UNSPECIFIED = "unspecified"


class Vehicle(StrEnum):
    """The domestic act that carries a stage."""

    BILL = "bill"
    DECREE = "decree"
    CABINET_DECISION = "cabinet_decision"


class Domain(StrEnum):
    """What an agreement is about."""

    DEFENCE_SECURITY = "defence_security"
    MILITARY = "military"
    INTELLIGENCE = "intelligence"
    ARMS = "arms"
    CYBER = "cyber"
    AVIATION = "aviation"
    TRANSPORT = "transport"
    TRADE = "trade"
    INVESTMENT_FINANCE = "investment_finance"
    ENERGY = "energy"
    WATER = "water"
    ENVIRONMENT = "environment"
    AGRICULTURE = "agriculture"
    TECH_INNOVATION = "tech_innovation"
    COMMUNICATIONS = "communications"
    HEALTH = "health"
    EDUCATION_SCIENCE = "education_science"
    CULTURE = "culture"
    SPORT = "sport"
    TOURISM = "tourism"
    LABOUR = "labour"
    JUSTICE = "justice"
    VISA_CONSULAR = "visa_consular"
    DIPLOMATIC_RELATIONS = "diplomatic_relations"
    PARLIAMENTARY = "parliamentary"
    RELIGION_TOLERANCE = "religion_tolerance"
    HUMANITARIAN = "humanitarian"
    BORDERS = "borders"
    GENERAL = "general"


class Status(StrEnum):
    """The course of a visit, meeting, summit or exercise."""

    PLANNED = "planned"
    ONGOING = "ongoing"
    COMPLETED = "completed"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    DENIED = "denied"
    REFUSED = "refused"


class Purpose(StrEnum):
    """What a visit is for."""

    SIGN_AGREEMENT = "sign_agreement"
    TALKS = "talks"
    OPEN_MISSION = "open_mission"
    SUMMIT = "summit"
    CEREMONY = "ceremony"
    EXERCISE = "exercise"
    BUSINESS = "business"
    RELIGIOUS_HERITAGE = "religious_heritage"
    SPORT_CULTURE = "sport_culture"
    MEDIA = "media"
    OTHER = "other"


class Rank(StrEnum):
    """The office of a person at the date of the event, most senior first."""

    HEAD_OF_STATE = "head_of_state"
    CROWN_PRINCE = "crown_prince"
    HEAD_OF_GOVERNMENT = "head_of_government"
    SPEAKER = "speaker"
    MINISTER_FOREIGN = "minister_foreign"
    MINISTER_DEFENCE = "minister_defence"
    MINISTER_OTHER = "minister_other"
    DEPUTY_MINISTER = "deputy_minister"
    CHIEF_OF_STAFF = "chief_of_staff"
    INTEL_CHIEF = "intel_chief"
    NSA = "nsa"
    SENIOR_OFFICER = "senior_officer"
    DIRECTOR_GENERAL = "director_general"
    AMBASSADOR = "ambassador"
    ENVOY = "envoy"
    LAWMAKER = "lawmaker"
    LOCAL_AUTHORITY = "local_authority"
    DELEGATION = "delegation"
    BUSINESS = "business"
    CIVIL_SOCIETY = "civil_society"
    ROYAL = "royal"
    FORMER_OFFICIAL = "former_official"
    PARTY_LEADER = "party_leader"
    POLICE_CHIEF = "police_chief"
    PRIVATE = "private"
    UNKNOWN = "unknown"


UNIQUE_OFFICES = frozenset(
    {
        Rank.HEAD_OF_STATE,
        Rank.CROWN_PRINCE,
        Rank.HEAD_OF_GOVERNMENT,
        Rank.SPEAKER,
        Rank.MINISTER_FOREIGN,
        Rank.MINISTER_DEFENCE,
        Rank.CHIEF_OF_STAFF,
        Rank.INTEL_CHIEF,
        Rank.NSA,
    }
)
"""Offices that a state has one holder of: two reports of one at a time speak of one person, however the name is spelled."""


class PersonRole(StrEnum):
    """What a person does in an event."""

    VISITOR = "visitor"
    COMPANION = "companion"
    PARTICIPANT = "participant"
    HOST = "host"
    SIGNATORY = "signatory"


class Mode(StrEnum):
    """How a meeting is held."""

    IN_PERSON = "in_person"
    PHONE = "phone"
    VIDEO = "video"


class Level(StrEnum):
    """Who meets."""

    HEADS = "heads"
    FOREIGN_MINISTERS = "foreign_ministers"
    DEFENCE_MINISTERS = "defence_ministers"
    MINISTERIAL = "ministerial"
    MILITARY = "military"
    INTELLIGENCE = "intelligence"
    SENIOR_OFFICIALS = "senior_officials"
    PARLIAMENTARY = "parliamentary"
    WORKING_GROUP = "working_group"


class RelationsAction(StrEnum):
    """What changes between two states."""

    ESTABLISH = "establish"
    RESUME = "resume"
    UPGRADE = "upgrade"
    RECOGNIZE = "recognize"
    OPEN_MISSION = "open_mission"
    APPOINT_ENVOY = "appoint_envoy"
    EXCHANGE_ENVOYS = "exchange_envoys"
    DOWNGRADE = "downgrade"
    SUSPEND = "suspend"
    RECALL_ENVOY = "recall_envoy"
    CLOSE_MISSION = "close_mission"
    SEVER = "sever"
    EXPEL_ENVOY = "expel_envoy"
    EASE_RESTRICTION = "ease_restriction"


class RelationsStatus(StrEnum):
    """Whether a change of relations has taken effect."""

    PLANNED = "planned"
    ANNOUNCED = "announced"
    DONE = "done"
    DENIED = "denied"


class MissionKind(StrEnum):
    """The kind of a diplomatic mission."""

    EMBASSY = "embassy"
    CONSULATE = "consulate"
    LIAISON_OFFICE = "liaison_office"
    REPRESENTATIVE_OFFICE = "representative_office"
    TRADE_OFFICE = "trade_office"


class FlightsAction(StrEnum):
    """What happens to an air link."""

    ROUTE_ANNOUNCED = "route_announced"
    ROUTE_LAUNCHED = "route_launched"
    ROUTE_SUSPENDED = "route_suspended"
    ROUTE_RESUMED = "route_resumed"
    ONE_OFF_FLIGHT = "one_off_flight"
    AIRSPACE_OPENED = "airspace_opened"
    AIRSPACE_CLOSED = "airspace_closed"


class FlightsStatus(StrEnum):
    """Whether the change of an air link has taken effect."""

    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"
    DENIED = "denied"


class ExerciseRole(StrEnum):
    """What a state does in an exercise."""

    PARTICIPANT = "participant"
    OBSERVER = "observer"
    HOST = "host"


class ArmsStage(StrEnum):
    """How far an arms deal has come."""

    NEGOTIATING = "negotiating"
    ANNOUNCED = "announced"
    APPROVED = "approved"
    PLANNED = "planned"
    SIGNED = "signed"
    DELIVERED = "delivered"
    IN_PRODUCTION = "in_production"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"


class ItemClass(StrEnum):
    """What is sold in an arms deal."""

    AIR_DEFENCE = "air_defence"
    UAV = "uav"
    LOITERING_MUNITION = "loitering_munition"
    MISSILE = "missile"
    ARTILLERY = "artillery"
    ARMOUR = "armour"
    NAVAL = "naval"
    AIRCRAFT_UPGRADE = "aircraft_upgrade"
    SATELLITE = "satellite"
    RADAR_EW = "radar_ew"
    CYBER_SURVEILLANCE = "cyber_surveillance"
    SMALL_ARMS = "small_arms"
    OTHER = "other"


class Precision(StrEnum):
    """How exactly a date is known; a bound that is null is open."""

    DAY = "day"
    DAY_OR_LATER = "day_or_later"
    ON_OR_BEFORE = "on_or_before"
    WEEK = "week"
    WEEK_LOOSE = "week_loose"
    DECADE = "decade"
    MONTH = "month"
    YEAR = "year"
    INTERVAL = "interval"
    APPROX = "approx"
    APPROX_BEFORE = "approx_before"
    APPROX_AFTER = "approx_after"
    UNKNOWN_BEFORE = "unknown_before"
    NONE = "none"


class Basis(StrEnum):
    """Where a date comes from."""

    EXPLICIT = "explicit"
    SHARED = "shared"
    INFERRED = "inferred"


class Factuality(StrEnum):
    """How firmly the article says it, strongest first."""

    ASSERTED = "asserted"
    REPORTED = "reported"
    CLAIMED = "claimed"
    DENIED = "denied"


class Discourse(StrEnum):
    """Where in the article it is told, freshest first."""

    LEAD = "lead"
    BODY = "body"
    BACKGROUND = "background"


class ActorLevel(StrEnum):
    """Who acts for the parties."""

    STATE = "state"
    CORPORATE = "corporate"
    NON_STATE = "non_state"


class FirstScope(StrEnum):
    """Of what an event is said to be the first."""

    PERSON = "person"
    OFFICE = "office"
    PAIR = "pair"
    PAIR_STAGE = "pair_stage"
    KIND = "kind"
    ISR_ARAB = "isr_arab"
    ISR_GULF = "isr_gulf"
    TERM = "term"


class EvidenceRole(StrEnum):
    """What a span of the article supports."""

    TRIGGER = "trigger"
    PARTY = "party"
    IMPLICIT_PARTY = "implicit_party"
    PERSON = "person"
    OFFICE = "office"
    PLACE = "place"
    DATE = "date"
    DURATION = "duration"
    DOMAIN = "domain"
    INSTRUMENT = "instrument"
    STATUS = "status"
    FIRST = "first"
    COUNT = "count"
    ATTRIBUTION = "attribution"
    DENIAL = "denial"
    BACKGROUND_CUE = "background_cue"
    OFFICIAL = "official"
    SIGNATORY = "signatory"


class NoticeKind(StrEnum):
    """What we tell the world about a development. Those above `retracted` follow an event; the last two correct what was told."""

    AGREEMENT_NEW_TYPE = "agreement.new_type"
    AGREEMENT_NEW = "agreement.new"
    AGREEMENT_PROSPECTIVE = "agreement.prospective"
    AGREEMENT_CHANGED = "agreement.changed"
    VISIT_NEW = "visit.new"
    VISIT_CHANGED = "visit.changed"
    SUMMIT_NEW = "summit.new"
    RELATIONS_CHANGED = "relations.changed"
    FLIGHTS_NEW = "flights.new"
    EXERCISE_NEW = "exercise.new"
    ARMS_DEAL_NEW = "arms_deal.new"
    RETRACTED = "retracted"
    MERGED = "merged"


class NoveltyLevel(StrEnum):
    """In what sense an agreement is of a new type."""

    NEW_DOMAIN_FOR_PAIR = "new_domain_for_pair"
    NEW_INSTRUMENT_FOR_PAIR_DOMAIN = "new_instrument_for_pair_domain"
    NEW_FOR_ISR_GULF = "new_for_isr_gulf"
    NEW_FOR_ISR_ARAB = "new_for_isr_arab"
    NEW_FOR_ISR_T4 = "new_for_isr_t4"


class Verdict(StrEnum):
    """How the store and the text's own claim of a first agree."""

    CONFIRMED = "confirmed"
    CLAIM_ONLY = "claim_only"
    STORE_ONLY = "store_only"
