"""What all issues of a newsletter share: its name, its voice, its look, and who answers for it."""

from dataclasses import dataclass, field

from subscribers.fields import Fields


@dataclass(frozen=True, slots=True)
class Imprint:
    """Who sends the letter and who answers for it (DDG § 5, MStV § 18 (2))."""

    organisation: str
    street: str
    place: str
    email: str
    phone: str
    responsible: str
    legal_form: str = ""
    representative: str = ""
    register_entry: str = ""
    vat_id: str = ""
    authority: str = ""
    privacy_url: str = ""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What all issues of a newsletter share; `web_base` is where its web versions are found, if anywhere."""

    key: str
    name: str
    organisation: str
    language: str
    tone: str  # formal | du
    greeting: str  # personal | collective | none
    theme: str
    imprint: Imprint
    fields: Fields = field(default_factory=dict)  # of people, that rules of cards may ask for
    web_base: str = ""
