"""The manual: what each page is about and for whom, rendered from Markdown, and found by words.

Each page lies in both languages under ``texts``. In a numbered step, **bold** is what is tapped or filled in, exactly
as the interface shows it, ``code`` what is typed or an example's name, *italic* what one then sees; tests walk it so.
"""
