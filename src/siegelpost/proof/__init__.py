"""The proof of a dispatch: a folder of files, packed as a zip, that anybody can check without us.

``container``, ``manifest``, ``report`` and ``verify`` are pure: no Django, no database, no network. The others
write what these read. The format is documented in ``docs/proof.md``.
"""
