"""The append-only record of what happened: a Merkle log (RFC 6962) with signed checkpoints (C2SP).

The modules ``merkle``, ``note``, ``checkpoint``, ``leaf``, ``events`` and ``verify`` are pure: bytes in,
answers out, without Django, database or network. The others keep the log in the database.
"""
