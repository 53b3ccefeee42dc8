"""OPC UA: one subscription for all items; time is the source's, quality follows the status code."""

from __future__ import annotations

import asyncio
import datetime
import pathlib

from asyncua import Client, ua
from asyncua.crypto import uacrypto
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256
from cryptography import x509

from .problems import EnvironmentFailure
from .sample import Quality, now_ns
from .secrets_of import read_secret
from .settings import Item, OpcUa
from .source import Link, SourceLost

QUEUE = 1000  # values of one item that the server keeps between two publications
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def quality_of(status: ua.StatusCode) -> Quality:
    """Severity is in the two highest bits (OPC UA Part 4, 7.39): good, uncertain, bad."""
    return {0: Quality.GOOD, 1: Quality.STALE}.get(status.value >> 30, Quality.BAD)


def name_of(status: ua.StatusCode) -> str:
    """The code's name; "Overflow" where the server lost values before this one; none of a good one.

    Bits 0 to 15 are no part of the code; 7 with 10 is the overflow (OPC UA Part 4, 7.39).
    """
    if status.value & 0x0480 == 0x0480:
        return "Overflow"
    return "" if status.value >> 30 == 0 else ua.StatusCode(
        ua.UInt32(status.value & 0xFFFF0000)).name


def time_of(value: ua.DataValue) -> int:
    """ns since 1970 UTC: the source's clock, else the server's, else ours."""
    stamp = value.SourceTimestamp or value.ServerTimestamp
    if stamp is None:
        return now_ns()
    aware = stamp if stamp.tzinfo else stamp.replace(tzinfo=datetime.UTC)
    return (aware - EPOCH) // datetime.timedelta(microseconds=1) * 1000


class Handler:
    """Called by the client for each notification, in its order."""

    def __init__(self, link: Link, lost: asyncio.Future[str]) -> None:
        self.link = link
        self.lost = lost
        self.items: dict[ua.NodeId, list[Item]] = {}

    def datachange_notification(self, node, _, data) -> None:
        value = data.monitored_item.Value
        status = value.StatusCode or ua.StatusCode(ua.StatusCodes.Good)
        quality = quality_of(status)
        told = None if quality is Quality.BAD or value.Value is None else value.Value.Value
        for item in self.items.get(node.nodeid, ()):
            self.link.intake.tell(item, told, time_of(value), quality,
                                  name_of(status))

    def status_change_notification(self, notification) -> None:
        if not self.lost.done():
            self.lost.set_result(f"the subscription ended: {notification.Status.name}")


def contents(file: pathlib.Path | None) -> uacrypto.CertProperties:
    """A certificate or key, PEM or DER whatever the file is called."""
    assert file is not None
    data = file.read_bytes()
    return uacrypto.CertProperties(data, "pem" if data.startswith(b"-----") else "der")


def application_uri(certificate: uacrypto.CertProperties) -> str | None:
    """The URI in a certificate, which must be the name that the client gives itself."""
    load = (x509.load_pem_x509_certificate if certificate.extension == "pem"
            else x509.load_der_x509_certificate)
    try:
        names = load(certificate.path_or_content).extensions.get_extension_for_class(
            x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return None
    uris = names.get_values_for_type(x509.UniformResourceIdentifier)
    return uris[0] if uris else None


async def make_client(opcua: OpcUa) -> Client:
    client = Client(opcua.url, timeout=opcua.timeout_s)
    client.name = "foretwin gateway"
    if opcua.certificate is not None:
        try:
            certificate = contents(opcua.certificate)
            client.application_uri = application_uri(certificate) or client.application_uri
            await client.set_security(SecurityPolicyBasic256Sha256, certificate,
                                      contents(opcua.key),
                                      server_certificate=contents(opcua.server_certificate),
                                      mode=ua.MessageSecurityMode.SignAndEncrypt)
        except (OSError, ValueError, TypeError) as error:
            raise EnvironmentFailure(f"certificates for {opcua.url}: {error}") from None
    if opcua.user is not None:
        client.set_user(opcua.user)
        if opcua.password is not None:
            client.set_password(read_secret(opcua.password))
    return client


async def session(link: Link) -> None:
    """Connects and subscribes; returns never, raises SourceLost when the server is gone."""
    opcua = link.source.protocol
    assert isinstance(opcua, OpcUa)
    client = await make_client(opcua)
    lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def on_lost(error: Exception) -> None:
        if not lost.done():
            lost.set_result(f"connection lost: {error or type(error).__name__}")

    client.connection_lost_callback = on_lost
    try:
        await client.connect()
        await subscribe(link, client, opcua, Handler(link, lost))
        raise SourceLost(await lost)
    except (OSError, ua.UaError) as error:
        raise SourceLost(f"{opcua.url}: {error or type(error).__name__}") from None
    finally:
        await leave(client, opcua.timeout_s)


async def leave(client: Client, timeout_s: float) -> None:
    """Closes what is still open; a server that is gone cannot hold us."""
    try:
        async with asyncio.timeout(timeout_s):
            await client.disconnect()
    except (OSError, ua.UaError):
        client.disconnect_socket()


async def subscribe(link: Link, client: Client, opcua: OpcUa, handler: Handler) -> None:
    """One monitored item per node; a node that the server does not know is bad, not fatal."""
    for item in link.source.items:
        node_id = ua.NodeId.from_string(item.address.node)
        handler.items.setdefault(node_id, []).append(item)
    subscription = await client.create_subscription(opcua.publishing_s * 1e3, handler)
    link.up()
    nodes = [client.get_node(node_id) for node_id in handler.items]
    results = await subscription.subscribe_data_change(
        nodes, queuesize=QUEUE, sampling_interval=ua.Double(opcua.sampling_s * 1e3))
    for items, result in zip(handler.items.values(), results, strict=True):
        if isinstance(result, ua.StatusCode):
            for item in items:
                link.intake.tell(item, None, now_ns(), Quality.BAD, result.name)
