"""A room for strangers' bytes: they are read in processes of their own, which end when they cost too much.

Who wants something read calls :func:`siegelpost.foreign.room.read`. What may be read so, and what it may cost, is the
table :data:`siegelpost.foreign.table.READERS`; the readers stay in their own rooms. Knows no Django.
"""
