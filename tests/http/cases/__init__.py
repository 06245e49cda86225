"""Cases of HTTP, in tables by what they are about. Each was written from the RFCs."""

from tests.http.case import Case
from tests.http.cases import (
    answers,
    coding,
    connection,
    fields,
    host,
    length,
    methods,
    request_line,
)

GROUPS: dict[str, list[Case]] = {
    "request line": request_line.CASES,
    "methods": methods.CASES,
    "Host": host.CASES,
    "fields": fields.CASES,
    "Content-Length": length.CASES,
    "Transfer-Encoding": coding.CASES,
    "connection": connection.CASES,
    "answers": answers.CASES,
}
# Each by its whole name.
CASES: dict[str, Case] = {
    f"{group}: {case.name}": case for group, cases in GROUPS.items() for case in cases
}
