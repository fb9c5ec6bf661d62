"""How transactions begin and end, whoever asks for it (OCPP 1.6 ed. 2 - 3.5, 4.1, 4.8, 4.10)."""

from typing import TYPE_CHECKING

from . import metering
from .connector import Connector
from .oddities import Payload
from .profiles import TX, Profile
from .record import Transaction

if TYPE_CHECKING:
    from .machine import Machine

ACCEPTED, INVALID = "Accepted", "Invalid"


async def authorize(machine: Machine, tag: str) -> str:
    """Find out an idTag's status the way the configuration wants it."""
    known, online = _known(machine, tag), machine.ready
    if known == ACCEPTED and (machine.configuration.on("LocalPreAuthorize") if online else _offline(machine)):
        return ACCEPTED
    if not online:
        # 3.5.4: what is known as anything but Accepted "MUST be rejected"
        return INVALID if known or not machine.configuration.on("AllowOfflineTxForUnknownId") else ACCEPTED
    answer = await machine.ask(*machine.dialect.authorize(tag))
    if answer is None:
        return INVALID
    machine.tags.learn(tag, answer["idTagInfo"])
    return machine.dialect.status_of("Authorize", answer)


def start(machine: Machine, connector: Connector, tag: str, profile: Payload | None = None) -> Transaction:
    """Begin a transaction and queue its message."""
    machine.tick()
    held = reservation_for(machine, connector, tag)
    redeemed = held.reservation.id if held and held.reservation else None
    transaction = Transaction(connector.number, tag, machine.clock.now(), connector.meter.register, redeemed)
    if held is not None:
        held.reservation = None
    connector.usage, connector.preparing_since, connector.finished, connector.timed_out = None, None, False, False
    connector.transaction, connector.denied = transaction, False
    machine.record.append(transaction)
    if profile is not None:
        machine.profiles.install(
            Profile(connector.number, machine.clock.now(), profile | {"chargingProfilePurpose": TX})
        )
    message = machine.dialect.started(machine, transaction)
    message.learn = lambda answer: _started(machine, connector, transaction, answer)
    message.again, message.same_id_on_retry = machine.oddities.starts_again, machine.oddities.same_id_on_retry
    machine.outbox.keep(message)
    metering.begin(machine, connector, transaction)
    machine.tick()
    return transaction


def stop(machine: Machine, connector: Connector, reason: str, tag: str | None = None) -> Transaction:
    """End the connector's transaction and queue its message."""
    machine.tick()
    transaction = connector.transaction
    assert transaction is not None, f"connector {connector.number} has no transaction"
    metering.end(machine, connector, transaction)
    transaction.stopped, transaction.meter_stop = machine.clock.now(), connector.meter.register
    transaction.reason, transaction.stop_tag = reason, tag
    connector.transaction, connector.finished, connector.denied = None, connector.plugged, False
    connector.sampled_at = None
    machine.profiles.end(connector.number)
    message = machine.dialect.stopped(machine, transaction)
    message.learn = lambda answer: _stopped(machine, transaction, answer)
    message.again = "new id" if machine.oddities.stops_twice else ""
    message.same_id_on_retry = machine.oddities.same_id_on_retry
    machine.outbox.keep(message)
    if machine.oddities.closing_values:
        metering.send(machine, connector, machine.configuration.items("MeterValuesSampledData"), metering.END)
    if connector.becomes_operative is not None:
        connector.operative, connector.becomes_operative = connector.becomes_operative, None
    machine.tick()
    return transaction


def reservation_for(machine: Machine, connector: Connector, tag: str) -> Connector | None:
    """The connector (or 0) whose reservation this tag, or its group, redeems here."""
    for place in (connector, machine.connectors[0]):
        if place.reservation is not None and redeems(machine, place, tag):
            return place
    return None


def redeems(machine: Machine, place: Connector, tag: str) -> bool:
    """Whether a reservation, if there is one, lets this tag in (5.13)."""
    held = place.reservation
    if held is None or held.tag.casefold() == tag.casefold():
        return True
    return held.parent is not None and machine.tags.parent(tag) == held.parent


def barred(machine: Machine, place: Connector, tag: str) -> bool:
    """Whether a reservation keeps this tag out for certain; a group that is not known has to be asked for (5.13)."""
    held = place.reservation
    may_belong = held is not None and held.parent is not None and machine.tags.parent(tag) is None
    return not redeems(machine, place, tag) and not may_belong


def same_group(machine: Machine, one: str, other: str) -> bool:
    """Whether two tags may stop each other's transactions (3.10)."""
    if one.casefold() == other.casefold():
        return True
    parent = machine.tags.parent(one)
    return parent is not None and parent == machine.tags.parent(other)


def _known(machine: Machine, tag: str) -> str | None:
    return machine.tags.status(
        tag,
        machine.clock.now(),
        cached=machine.configuration.on("AuthorizationCacheEnabled"),
        listed=machine.configuration.on("LocalAuthListEnabled"),
    )


def _offline(machine: Machine) -> bool:
    return machine.configuration.on("LocalAuthorizeOffline")


def _started(machine: Machine, connector: Connector, transaction: Transaction, answer: Payload | None) -> None:
    if answer is None:
        return
    transaction.start_answers.append(answer)
    if transaction.start_answer is not None:
        return
    transaction.start_answer, transaction.id = answer, answer["transactionId"]
    if machine.tags.conflict(transaction.id_tag, answer["idTagInfo"]):
        machine.note(*machine.dialect.conflict(machine))
    machine.tags.learn(transaction.id_tag, answer["idTagInfo"])
    if machine.dialect.status_of("StartTransaction", answer) == ACCEPTED or connector.transaction is not transaction:
        return
    if machine.configuration.on("StopTransactionOnInvalidId"):
        stop(machine, connector, "DeAuthorized")
    else:
        connector.denied = True
        machine.tick()


def _stopped(machine: Machine, transaction: Transaction, answer: Payload | None) -> None:
    if answer is not None and transaction.stop_answer is None:
        transaction.stop_answer = answer
        machine.tags.learn(transaction.stop_tag or transaction.id_tag, answer.get("idTagInfo"))
