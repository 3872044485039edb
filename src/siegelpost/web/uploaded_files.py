"""Files that come with a form and are too large for memory: on the disk, without a name, gone with the process."""

from tempfile import TemporaryFile
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from siegelpost.settings import load
from siegelpost.web.body import waiting_folder


class NamelessFileHandler(FileUploadHandler):
    """As Django's own for large files, but a death of the process leaves nothing behind."""

    file: IO[bytes] | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins."""
        super().new_file(*args, **kwargs)
        folder = waiting_folder(load().data)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.file = TemporaryFile(dir=folder)  # noqa: SIM115 - Django closes it at the request's end

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece."""
        assert self.file is not None  # noqa: S101 - Django asks for new_file() first
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> "UploadedFile[Any]":
        """The file as the view gets it."""
        assert self.file is not None  # noqa: S101 - as above
        self.file.seek(0)
        return UploadedFile(
            self.file, self.file_name, self.content_type, file_size, self.charset, self.content_type_extra
        )

    def upload_interrupted(self) -> None:
        """Nobody will ask for it."""
        if self.file is not None:
            self.file.close()
