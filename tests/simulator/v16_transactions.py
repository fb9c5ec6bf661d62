"""How 1.6 transactions begin and end, whoever asks for it (OCPP 1.6 ed. 2 - 3.5, 4.1, 4.8, 4.10)."""

from typing import TYPE_CHECKING

from . import metering, v16_words
from .connector import Connector
from .oddities import Payload
from .profiles import TX, Profile
from .record import Transaction
from .transactions import ACCEPTED, reservation_for

if TYPE_CHECKING:
    from .machine import Machine


def plugged(machine: Machine, place: Connector) -> None:
    """The cable is in: an authorization that waited for it becomes a transaction."""
    tag = place.usage.tag if place.usage else machine.oddities.starts_by_itself
    if tag and place.free:
        machine.tick()
        machine.report_statuses(changed_only=True)
        start(machine, place, tag, place.usage.profile if place.usage else None)


def unplugged(machine: Machine, place: Connector) -> None:
    """The cable was pulled out of the car; StopTransactionOnEVSideDisconnect decides the rest."""
    if place.transaction is not None and machine.configuration.on("StopTransactionOnEVSideDisconnect"):
        place.plugged, place.info = True, "EV side disconnected"
        stop(machine, place, "EVDisconnected")
        place.plugged = False
    elif place.transaction is not None:
        place.info = "EV side disconnected"
        machine.tick()
    else:
        place.car = None


def use(machine: Machine, place: Connector, tag: str) -> None:
    """Somebody was authorized here."""
    if place.usage is not None and not place.plugged:
        place.usage = None  # 4.9 B1: "second presentation of idTag"
    elif place.plugged and place.free:
        if place.status == "Finishing":
            place.finished = place.timed_out = False  # F2
            machine.tick()
            machine.report_statuses(changed_only=True)
        start(machine, place, tag)
    else:
        machine.wait_for_plug(place, tag, None)


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
    message = v16_words.started(transaction)
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
    message = v16_words.stopped(transaction)
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


def _started(machine: Machine, connector: Connector, transaction: Transaction, answer: Payload | None) -> None:
    if answer is None:
        return
    transaction.start_answers.append(answer)
    if transaction.start_answer is not None:
        return
    transaction.start_answer, transaction.id = answer, answer["transactionId"]
    if machine.tags.conflict(transaction.id_tag, answer["idTagInfo"]):
        machine.note(*v16_words.conflict(machine))
    machine.tags.learn(transaction.id_tag, answer["idTagInfo"])
    if answer["idTagInfo"]["status"] == ACCEPTED or connector.transaction is not transaction:
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
