"""Joiners are letters where Unicode allows them; what nobody sees is refused."""

import re
import time

import pytest

from chassis.web import texts

JOINER, NON_JOINER = "\u200d", "\u200c"
SCOTLAND = "".join(chr(0xE0000 + ord(letter)) for letter in "gbsct") + "\U000e007f"
ACCEPTED = {
    "Malayalam, a chillu": f"അനില്{JOINER}",
    "Kannada, before a virama": f"ರ{JOINER}್ಯಾಂಕ್",
    "Bengali, before a virama": f"র{JOINER}্যাব",
    "Bengali, after a virama": f"ক্{NON_JOINER}ষ",
    "Marathi, after a virama": f"र्{JOINER}य",
    "Sinhala": f"ශ්{JOINER}රී",
    "Urdu, between letters": f"خوش{NON_JOINER}بخت",
    "Urdu, after a letter that joins to the right": f"مهر{NON_JOINER}النساء",
    "Persian, with a mark": f"مُ{NON_JOINER}حمد",
    "an emoji of two": f"👩{JOINER}💻",
    "an emoji with skin colours": f"👩🏽{JOINER}🤝{JOINER}👨🏿",
    "a rainbow flag": f"🏳\ufe0f{JOINER}🌈",
    "the flag of Scotland": f"🏴{SCOTLAND}",
    "a keycap": "1\ufe0f⃣",
    "a variant of an ideograph": "葛\U000e0100",
    "a soft hyphen": "Donau\u00addampf",
}
HIDDEN = {
    "a Hangul filler": "\u3164",
    "a Hangul initial filler": "\u115f",
    "a Hangul medial filler": "a\u1160",
    "a half-width filler": "\uffa0",
    "an empty braille cell": "\u2800",
    "a line separator": "a\u2028b",
    "a paragraph separator": "a\u2029b",
    "an Arabic letter mark": "\u061ca",
    "a right-to-left mark": "a\u200f",
    "an override": "\u202ecba",
    "an isolate": "a\u2066b",
    "a tag": "a\U000e0041",
    "the tags of no flag": "🏴" + chr(0xE0067) + "\U000e007f",
    "a flag's tags without the flag": f"a{SCOTLAND}",
    "a joiner between Latin letters": f"a{JOINER}b",
    "a joiner alone": JOINER,
    "a joiner after a consonant": f"क{JOINER}",
    "two joiners": f"അനില്{JOINER}{JOINER}",
    "two joiners between letters": f"ب{JOINER}{JOINER}ب",
    "a joiner at the end of an emoji": f"👩{JOINER}",
    "a joiner before an emoji": f"a{JOINER}💻",
    "a variation selector after a letter": "a\ufe0f",
    "a noncharacter": "a\uffff",
    "an annotation": "a\ufff9b",
    "a NUL": "a\x00b",
    "a tab": "a\tb",
}


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_a_joiner_with_an_effect_is_a_letter(text):
    assert not texts.has_hidden(text)
    assert not texts.has_hidden(text, lines=True)
    assert texts.is_visible(text)


@pytest.mark.parametrize("text", HIDDEN.values(), ids=HIDDEN.keys())
def test_what_nobody_sees_is_hidden(text):
    assert texts.has_hidden(text)


def test_a_text_of_lines_has_line_ends_and_tabs():
    assert not texts.has_hidden("a\n\tb", lines=True)
    assert texts.has_hidden("a\x0bb", lines=True)
    assert texts.with_newlines("a\r\nb\rc\n") == "a\nb\nc\n"


@pytest.mark.parametrize("text", ["", " ", "\u00ad", "\u034f\ufe0f", "\u3000"])
def test_a_text_that_displays_nothing_is_not_visible(text):
    assert not texts.is_visible(text)


def test_a_text_is_composed_unless_that_makes_it_too_long():
    assert texts.normalized("e\u0301", 10) == "é"
    assert texts.normalized("\u0958" * 6, 10) == "\u0958" * 6  # 12 characters in NFC


@pytest.mark.parametrize(
    "text", [JOINER * 5000, "ب" + "\u064b" * 5000 + JOINER, f"🏳\ufe0f{JOINER}" * 1600]
)
def test_a_long_text_of_joiners_costs_little(text):
    begun = time.process_time()
    texts.has_hidden(text)

    assert time.process_time() - begun < 1


@pytest.mark.parametrize("lines", [False, True])
@pytest.mark.parametrize("may_be_blank", [False, True])
def test_the_documented_pattern_accepts_what_is_accepted(lines, may_be_blank):
    pattern = re.compile(texts.pattern(lines=lines, may_be_blank=may_be_blank))

    assert all(pattern.search(text) for text in ACCEPTED.values())
    assert bool(pattern.search("a\r\nb")) is lines
    assert bool(pattern.search("  ")) is may_be_blank
    for name in ("a Hangul filler", "a NUL", "an override", "a line separator"):
        assert not pattern.search(HIDDEN[name])
