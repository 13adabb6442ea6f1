"""The ways out as config.toml names them: [smtp] for all, [relays.NAME] for newsletters that ask for it."""

from mailer.delivery.pace import Limits
from mailer.delivery.sender import Route
from mailer.delivery.smtp import Relay, SmtpTransport
from mailer.settings import Settings


def make_relay(settings: Settings, name: str = "") -> Relay:
    """A relay with its password; without a name that of [smtp].

    Raises:
        BadConfig: there is no relay of this name, or its password cannot be had.
    """
    smtp, password = settings.relay(name), settings.smtp_password(name)
    return Relay(
        host=smtp.host,
        port=smtp.port,
        security=smtp.security,
        user=smtp.user,
        password=password.get_secret_value() if password else "",
        hello=smtp.hello or _own_domain(settings, name),
        timeout_seconds=smtp.timeout_seconds,
        token_command=smtp.token_command,
    )


def make_routes(settings: Settings) -> dict[str, Route]:
    """Every relay by its name, with its connections and limits."""
    routes = {}
    for name in ("", *settings.config.relays):
        smtp = settings.relay(name)
        limits = Limits(rate=smtp.rate, rates=smtp.rates, groups=smtp.groups, relay=name)
        routes[name] = Route(SmtpTransport(make_relay(settings, name)), smtp.connections, limits)
    return routes


def _own_domain(settings: Settings, name: str) -> str:
    """What this machine calls itself: the domain of a sender who uses this relay."""
    newsletters = list(settings.config.newsletters.values())
    users = [each for each in newsletters if each.relay == name] or newsletters
    return users[0].from_address.rpartition("@")[2]
