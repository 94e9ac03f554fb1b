"""The network as this system sees it: SOAP from the served WSDL, over mutual TLS, each message sent once in effect."""

import datetime
import decimal
import json
import secrets
import string
import time

import requests
import zeep
from zeep.helpers import serialize_object
from zeep.transports import Transport

from office.bugs import bug

# How long to wait before each retry, in seconds.
PAUSES = (0.2, 0.8)


class Refused(Exception):
    """The network refused, and said why."""

    def __init__(self, code, text_ja, text_en, retry, rule=None):
        super().__init__(f"{code} {rule or ''}: {text_ja} / {text_en}")
        self.code, self.retry = code, retry


class NoAnswer(Exception):
    """There was no answer, so nobody knows whether it was done. The same request may be sent again."""


class Network:
    def __init__(self, settings, store):
        self.settings, self.store, self.operations = settings, store, None

    def call(self, operation, **message):
        """The answer as plain data. What may be sent again goes out again with the same request id, so that the network
        does it once however often it is sent; and so does, later, what had no answer in the end."""
        message = {name: value for name, value in message.items() if value is not None}
        request_id = self._request_id(operation, message)
        for pause in (*PAUSES, None):
            try:
                answer = self._send(operation, request_id, message)
            except NoAnswer:
                if pause is None:
                    raise
            except Refused as refused:
                if refused.retry != "same-request":
                    self._settled(request_id)
                    raise
                if pause is None:
                    raise
            else:
                self._settled(request_id)
                return answer
            time.sleep(pause)
            if bug("new-request-id"):
                request_id = new_request_id()

    def pages(self, operation, part, **message):
        """The parts of all pages of an answer."""
        page, pages, parts = 0, 1, []
        while page < pages:
            page += 1
            answer = self.call(operation, **message, Page=str(page))
            pages = int(answer["Pages"])
            parts += answer.get(part, [])
        return parts

    def _request_id(self, operation, message):
        """The id under which the same message went out before without an answer; else a new one, kept before it is sent."""
        text = json.dumps(message, ensure_ascii=False, sort_keys=True, default=str)
        waiting = self.store.row("outbox", operation=operation, message=text)
        if waiting and not bug("new-request-id"):
            return waiting["request_id"]
        request_id = new_request_id()
        self.store.put("outbox", operation=operation, message=text, request_id=request_id)
        return request_id

    def _settled(self, request_id):
        self.store.delete("outbox", request_id=request_id)

    def _send(self, operation, request_id, message):
        sender = {"RequestId": request_id, "Institution": self.settings.institution}
        try:
            proxy = self._proxy(operation)
            return plain(serialize_object(proxy[operation](Sender=sender, **message), dict))
        except zeep.exceptions.Fault as fault:
            raise refusal(fault) from fault
        except (requests.RequestException, zeep.exceptions.TransportError, zeep.exceptions.XMLSyntaxError) as error:
            raise NoAnswer(f"{operation}: {type(error).__name__}: {error}") from error

    def _proxy(self, operation):
        if self.operations is None:
            session = requests.Session()
            # Only what the settings say: no proxy, no password file, no CA of the machine.
            session.trust_env = False
            session.verify = self.settings.ca
            session.cert = (self.settings.certificate, self.settings.key)
            transport = Transport(session=session, timeout=20, operation_timeout=20)
            client = zeep.Client(f"{self.settings.url}connection?wsdl", transport=transport)
            self.operations = {
                name: client.bind(service.name, port.name)
                for service in client.wsdl.services.values()
                for port in service.ports.values()
                for name in port.binding.all()
            }
        return self.operations[operation]


def new_request_id():
    """Letters alone: a long run of digits could be somebody's number."""
    return "town-" + "".join(secrets.choice(string.ascii_lowercase) for _ in range(24))


def refusal(fault):
    """The typed refusal within a SOAP fault; a fault without one is no answer of the contract."""
    if fault.detail is None or len(fault.detail) != 1:
        return NoAnswer(f"{fault.code}: {fault.message}")
    part = {child.tag.split("}")[1]: child.text for child in fault.detail[0]}
    return Refused(part["Code"], part["TextJa"], part["TextEn"], part["Retry"], part.get("RuleId"))


def plain(value):
    """zeep's values as plain data: no empty names, dates as texts, a repeated choice under the names of its parts."""
    if isinstance(value, dict):
        for part in value.pop("_value_1", None) or []:
            for name, each in part.items():
                value.setdefault(name, []).append(each)
        return {name: plain(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, (datetime.date, datetime.datetime, datetime.time)):
        return value.isoformat()
    return str(value) if isinstance(value, decimal.Decimal) else value
