"""
The HTTP interface of partners' software: same services, same rights as the screens.

A key belongs to one organisation and one role, and opens only its scopes. Fields bear the names of the exchange formats
(``docs/reference/formats``), so that a row of a file and an object of the interface are the same thing.
"""
