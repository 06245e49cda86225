"""What RFC 9110, 9112 and 6265bis say, as cases for the service and the proxies before it.

`tests.http.cases` has the tables, `tests.http.runner` sends what is in them and judges
what comes, `tests.http.known` lists what we do otherwise, and why.
"""
