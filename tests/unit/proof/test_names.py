"""What the files of a proof are called."""

from siegelpost.proof.names import safe


def test_documents_keep_readable_names_and_each_its_own() -> None:
    names = ["Exposé Müller.pdf", "expose-mueller.PDF", "../../etc/passwd", "texts/a b.txt", "😀", "", ".hidden"]
    found = safe([*names, "x/y/z.txt"])
    assert found == [
        "Expose-Mueller.pdf",
        "expose-mueller-2.PDF",
        "etc/passwd",
        "texts/a-b.txt",
        "document",
        "document-2",
        "hidden",
        "x-y/z.txt",
    ]
