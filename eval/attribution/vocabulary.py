"""The words that loose comparison knows in English and French: function words, negations, units, number words.

All without accents and in lower case, as `eval.attribution.terms` folds text.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

# Words that build sentences and state nothing. Negations are not among them: they turn a statement round.
_ENGLISH = """
    a an the of to in on at by for from with as and or but so if then than that this these those it its they them their
    he she his her we us our you your i my me is are was were be been being am do does did has have had will would shall
    should can could may might must there here what which who whom whose when where why how also only just very about
    into up out over any some each per such both answer question passage document text according based
"""
_FRENCH = """
    le la les l un une des du d de a au aux en dans sur par pour avec sans et ou ni mais donc car si que qu qui quoi
    dont ce cet cette ces c il elle ils elles on nous vous je j me m se s son sa ses leur leurs notre votre nos vos est
    sont etait etaient etre sera seront ont avait avoir peut peuvent doit doivent y lui quel quelle quels quelles quand
    comment combien pourquoi aussi plus tres chaque tout toute tous toutes reponse question passage document texte selon
    apres
"""
FUNCTION_WORDS: Final = {"en": frozenset(_ENGLISH.split()), "fr": frozenset(_FRENCH.split())}
NEGATIONS: Final = frozenset(["not", "no", "never", "none", "without", "ne", "n", "pas", "non", "jamais", "aucun", "aucune", "sans"])

# Unit → (what it is measured in, how much of that), by all the ways to write it. Without accents, lower case.
_UNITS: Final = {
    "m": ("m", "1", "m metre metres meter meters"),
    "mm": ("m", "0.001", "mm millimetre millimetres millimeter millimeters"),
    "cm": ("m", "0.01", "cm centimetre centimetres centimeter centimeters"),
    "km": ("m", "1000", "km kilometre kilometres kilometer kilometers"),
    "g": ("g", "1", "g gram grams gramme grammes"),
    "kg": ("g", "1000", "kg kilo kilos kilogram kilograms kilogramme kilogrammes"),
    "t": ("g", "1000000", "tonne tonnes ton tons"),
    "s": ("s", "1", "s sec secs second seconds seconde secondes"),
    "min": ("s", "60", "min mins minute minutes"),
    "h": ("s", "3600", "h hr hrs hour hours heure heures"),
    "day": ("s", "86400", "day days jour jours j"),
    "week": ("s", "604800", "week weeks semaine semaines"),
    "month": ("month", "1", "month months mois"),
    "year": ("month", "12", "year years yr yrs an ans annee annees"),
    "l": ("l", "1", "litre litres liter liters"),
    "ml": ("l", "0.001", "ml millilitre millilitres milliliter milliliters"),
    "eur": ("eur", "1", "eur euro euros €"),
    "usd": ("usd", "1", "usd dollar dollars $"),
    "gbp": ("gbp", "1", "gbp pound pounds £"),
    "percent": ("percent", "1", "% percent pourcent"),
    "permille": ("percent", "0.1", "‰"),
    "degree": ("degree", "1", "° degree degrees degre degres"),
    "bar": ("bar", "1", "bar bars"),
    "mbar": ("bar", "0.001", "mbar millibar millibars"),
    "v": ("v", "1", "v volt volts"),
    "w": ("w", "1", "w watt watts"),
    "kw": ("w", "1000", "kw kilowatt kilowatts"),
    "mb": ("mb", "1", "mb megabyte megabytes"),
    "gb": ("mb", "1000", "gb gigabyte gigabytes"),
}
UNITS: Final = {f"unit:{name}": (dimension, Decimal(factor)) for name, (dimension, factor, _) in _UNITS.items()}
CURRENCIES: Final = ("unit:eur", "unit:usd", "unit:gbp")
UNIT_OF: Final = {word: f"unit:{name}" for name, (_, _, words) in _UNITS.items() for word in words.split()}
SCALES: Final = {
    **dict.fromkeys(["hundred", "hundreds"], 100),
    **dict.fromkeys(["thousand", "thousands", "mille", "millier", "milliers"], 1000),
    **dict.fromkeys(["million", "millions"], 10**6),
    **dict.fromkeys(["billion", "billions", "milliard", "milliards"], 10**9),
}


def _number_words() -> dict[str, int]:
    """Return 2 to 99 in English and French words, without hyphens or accents; "one" and « un » are mostly no numbers."""
    small = "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
    decades = "twenty thirty forty fifty sixty seventy eighty ninety"
    petits = "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix sept dix huit dix neuf"
    english = dict(enumerate(small.split(), start=2))
    tens = dict(zip(range(20, 100, 10), decades.split(), strict=True))
    english |= {ten + rest: f"{name} {english.get(rest, 'one')}" if rest else name for ten, name in tens.items() for rest in range(10)}
    french = dict(enumerate(petits.split()[:15], start=2)) | {17: "dix sept", 18: "dix huit", 19: "dix neuf"}
    dizaines = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante", 80: "quatre vingt"}
    for ten, name in dizaines.items():
        for rest in range(20 if ten >= 60 else 10):
            last = ("un" if ten == 80 else "et un") if rest == 1 else "et onze" if (ten, rest) == (60, 11) else french.get(rest, "")
            french[ten + rest] = f"{name} {last}".strip()
    found = {words: number for table in (english, french) for number, words in table.items()}
    return found | {"quatre vingts": 80, "hundred": 100, "cent": 100}


NUMBER_WORDS: Final = _number_words()
