"""An institution in Python's zeep, built from the served WSDL alone, over mutual TLS."""

import datetime
import decimal
import os

import requests
import zeep
from zeep.helpers import serialize_object
from zeep.transports import Transport

PKI = os.environ["PKI"]


def plain(value):
    """zeep's values as plain data, texts as they stood."""
    if isinstance(value, dict):
        # A repeated choice comes as a list of its parts; as data they belong to their names.
        for part in value.pop("_value_1", None) or []:
            for name, each in part.items():
                value.setdefault(name, []).append(each)
        return {key: plain(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, (datetime.date, datetime.datetime, datetime.time)):
        return value.isoformat()
    return str(value) if isinstance(value, decimal.Decimal) else value


class Asker:
    """Asks a world of the mock, each identity through a client of its own."""

    def __init__(self, url):
        self.url, self.clients = url, {}

    def client(self, identity):
        if identity not in self.clients:
            session = requests.Session()
            session.trust_env = False
            session.verify = f"{PKI}/ca.pem"
            session.cert = (f"{PKI}/clients/{identity}.pem", f"{PKI}/clients/{identity}.key")
            client = zeep.Client(f"{self.url}connection?wsdl", transport=Transport(session=session))
            operations = {
                operation: client.bind(service.name, port.name)
                for service in client.wsdl.services.values()
                for port in service.ports.values()
                for operation in port.binding._operations
            }
            self.clients[identity] = operations
        return self.clients[identity]

    def __call__(self, identity, operation, message):
        try:
            answer = self.client(identity)[operation][operation](**message)
        except zeep.exceptions.Fault as fault:
            if fault.detail is None or len(fault.detail) != 1:
                raise
            return {child.tag.split("}")[1]: child.text for child in fault.detail[0]}, None
        return None, plain(serialize_object(answer, dict))
