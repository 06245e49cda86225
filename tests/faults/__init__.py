"""Breaking a real service, again and again, and crowding it.

``python -m tests.faults`` kills parts of it under load: `rounds` does it; `targets`,
`sentinel_target` and `cluster_target` know what can be killed; `ledger` judges what came of
it; `power` plays a power cut, and `network` machines that are lost.
``python -m tests.faults.crowds`` measures slow clients, many clients, many URLs, and a
store that is full.
"""
