"""Compares a table written as CSV, and the kinds of its cells if there are, with what LibreOffice made of the workbook:
flat XML, where each cell has its kind and the words it is shown with. In the CSV an apostrophe stands before what looks
like a formula."""

import csv
import sys
import xml.etree.ElementTree as xml

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


def read(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=";"))


def plain(cell):
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in "=+-@\t\r\n" else cell


def words(paragraph):
    """Spaces in a row are an element of their own."""
    text = paragraph.text or ""
    for part in paragraph:
        text += " " * int(part.get(TEXT + "c", "1")) if part.tag == TEXT + "s" else words(part)
        text += part.tail or ""
    return text


def shown(path, width):
    rows = []
    for row in xml.parse(path).getroot().iter(TABLE + "table-row"):
        cells = []
        for cell in row:
            told = "\n".join(words(p) for p in cell.iter(TEXT + "p"))
            if cell.get(TABLE + "formula"):
                sys.exit(f"a formula came out: {told}")
            again = int(cell.get(TABLE + "number-columns-repeated", "1"))
            cells += [(told, cell.get(OFFICE + "value-type", ""))] * min(again, width)
        if any(told for told, _ in cells):
            cells = (cells + [("", "")] * width)[:width]
            rows += [cells] * int(row.get(TABLE + "number-rows-repeated", "1"))
    return rows


told = [[plain(cell) for cell in row] for row in read(sys.argv[1])]
if len(told) < 10:
    sys.exit(f"only {len(told)} rows to compare")
seen = shown(sys.argv[2], len(told[0]))
kinds = read(sys.argv[3]) if len(sys.argv) > 3 else None
faults = []
for n, (wanted, row) in enumerate(zip(told, seen), 1):
    if wanted != [text for text, _ in row]:
        faults.append(f"row {n}:\n  written {wanted}\n  shown   {[text for text, _ in row]}")
    if kinds and kinds[n - 1] != [kind for _, kind in row]:
        faults.append(f"row {n}:\n  kinds {kinds[n - 1]}\n  are   {[kind for _, kind in row]}")
if faults or len(told) != len(seen):
    print("\n".join(faults))
    sys.exit(f"LibreOffice shows another table: {len(told)} rows written, {len(seen)} shown")
what = " with their kinds" if kinds else ""
print(f"LibreOffice shows all {len(told)} rows and {sum(map(len, told))} cells as they were written{what}")
