"""``python -m bench.books FOLDER …``: is anything of strangers' address books lost without a word?

Judges every address book (vCard, table) in the folders and below, as :mod:`bench.packages` does packages. See
:mod:`bench.book_judge` for what is looked at; ``tests/unit/contacts/address_books/exported.py`` has whole books as
programs write them.
"""

import sys

from bench import judging

if __name__ == "__main__":
    about = "Is anything of strangers' address books lost without a word?"
    sys.exit(judging.run("bench.books", about, {".vcf", ".csv", ".tab", ".txt"}, "bench.book_judge"))
