"""Reads events with the SDK of CloudEvents for Python, and writes them again.

A line of standard input is a message of HTTP, {"headers": {...}, "body": "..."}. What comes back on one line: the
attributes and the data that were read, and the same event as a structured and as a binary message.
"""

import json
import sys

from cloudevents.core.bindings import http
from cloudevents.core.formats.json import JSONFormat


def shown(message):
    return {"headers": message.headers, "body": message.body.decode()}


for line in sys.stdin:
    given = json.loads(line)
    message = http.HTTPMessage(headers=given["headers"], body=given["body"].encode())
    event = http.from_http(message, JSONFormat())
    attributes = {name: value for name, value in event.get_attributes().items() if name != "time"}
    time = event.get_time().strftime("%Y-%m-%dT%H:%M:%S.%f")
    back = {"structured": http.to_structured_event(event), "binary": http.to_binary_event(event)}
    print(json.dumps({
        "attributes": attributes,
        "time": time,
        "data": event.get_data(),
        **{name: shown(message) for name, message in back.items()},
    }))
