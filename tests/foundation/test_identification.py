"""The language of short questions full of names."""

from __future__ import annotations

import pytest

from foundation.identification import CLEAR, identify


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Where was Friedrich Ratzel born?", "en"),
        ("On which day is the Brannholt siren tested?", "en"),
        ("How are ergänzungsschulen funded?", "en"),
        ("De quel pays est le King's African Rifles ?", "fr"),
        ("Qu’est-ce que le Clark art Institute ?", "fr"),
        ("Wie schwer ist die Pumpe, die gestern geliefert wurde?", "de"),
        ("¿Cuánto pesa la bomba que se entregó ayer en la estación?", "es"),
        ("Hoeveel weegt de pomp die gisteren werd geleverd?", "nl"),
    ],
)
def test_the_language_is_told_in_spite_of_names(text: str, code: str) -> None:
    assert identify([text])[0].code == code


def test_texts_without_words_have_none_and_names_are_never_clear() -> None:
    assert [guess.code for guess in identify(["42 !", "", "Сколько весит насос?"])][:2] == [None, None]
    assert all(guess.confidence < CLEAR for guess in identify(["Varnel 120?", "Hollin S4 / Sluicedesk"]))
