"""Spoils the questions of a table for `kurator ask --eval`: python3 tests/spoil.py KIND < FILE.tsv > SPOILED.tsv

Kinds: slips (two letters swapped in the middle of each long word), ear (written by ear), glued (words in twos),
torn (the longest word in two), keys (typed on the other keyboard), latin (in Latin letters).
"""

import re
import sys

RUSSIAN = "йцукенгшщзхъфывапролджэячсмитьбюё"
KEYS = dict(zip(RUSSIAN, "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"))
LATIN = dict(zip(
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch  y ' e yu ya".split(" "),
))


def slip(word):
    middle = len(word) // 2
    return word[:middle - 1] + word[middle] + word[middle - 1] + word[middle + 1:] if len(word) > 5 else word


def torn(question):
    longest = max(re.findall(r"\w+", question), key=len, default="")
    middle = len(longest) // 2
    return question.replace(longest, longest[:middle] + " " + longest[middle:], 1)


def glued(question):
    words = question.split()
    return " ".join("".join(words[at:at + 2]) for at in range(0, len(words), 2))


SPOIL = {
    "slips": lambda q: re.sub(r"\w+", lambda word: slip(word[0]), q),
    "ear": lambda q: q.translate(str.maketrans("оя", "аи", "ь")),
    "glued": glued,
    "torn": torn,
    "keys": lambda q: "".join(KEYS.get(c, c) for c in q.lower()),
    "latin": lambda q: "".join(LATIN.get(c, c) for c in q.lower()),
}

if len(sys.argv) != 2 or sys.argv[1] not in SPOIL:
    sys.exit(__doc__)
for line in sys.stdin:
    columns = line.rstrip("\n").split("\t")
    if len(columns) == 4 and columns[0] != "id":
        columns[1] = SPOIL[sys.argv[1]](columns[1])
    print("\t".join(columns))
