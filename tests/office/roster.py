"""Writes a roster with what spreadsheets like to spoil: formulas, long numbers, quotes, lines, leading zeros."""

import csv
import sys

NAMES = [
    "Школа № 5",
    "=1+1",
    "+7 900 000-00-00",
    "-5",
    "@SUM(A1)",
    '=HYPERLINK("http://example.org","сюда")',
    "Дом культуры «Заря», «малый» зал; второй этаж",
    'Он сказал: "да"',
    "007",
    "1/2",
    "1E5",
    "12.03.2026",
    "ИСТИНА",
    "TRUE",
    "Ёлка 🎄",
]

with open(sys.argv[1], "w", encoding="utf-8-sig", newline="") as file:
    table = csv.writer(file, delimiter=";")
    table.writerow(["Наименование", "ОГРН", "Муниципалитет", "Сфера", "Ссылка", "VK id"])
    for n, name in enumerate(NAMES):
        ogrn = "1027700132195" if n == 0 else ""
        table.writerow([name, ogrn, "Моршанск", "школа", f"https://vk.com/public{100 + n}", 5000 + n])
