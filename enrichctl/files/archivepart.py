"""A part of a ZIP archive whose size is known only when all of it is written."""

import struct
import zipfile

# Room in a header, as Office leaves it: APPNOTE.TXT, 4.6.10, "Open Packaging Growth Hint".
_ROOM = struct.pack("<HHHH12x", 0xA220, 16, 0xA028, 16)


class GrowingPart(zipfile.ZipInfo):
    """A part that is as small as it turns out to be; to be opened with ``force_zip64``.

    That alone states sizes of 64 bits even for a few bytes, which not every reader of workbooks
    understands: SheetJS 0.18 refuses the file. Here they take the place of what was kept free.
    """

    def FileHeader(self, zip64: bool | None = None) -> bytes:  # noqa: N802 - zipfile's name
        """Return what stands before the part: at first, and again when its size is known."""
        if self.flag_bits & 0x08:  # the size follows the part, on what cannot be rewound
            return super().FileHeader(zip64)
        large = max(self.file_size, self.compress_size) > zipfile.ZIP64_LIMIT
        self.extra = b"" if large else _ROOM
        header = super().FileHeader(large)
        self.extra = b""  # the archive's directory needs no room
        return header
