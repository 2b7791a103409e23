"""The wordings that `chatbot.abstention` looks for, in English and French, as verbose regular expressions.

They are matched against lower-case text without accents, quotation marks and citation marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Rules:
    """One language. `statement` is matched at the start of a statement, the rest is searched for."""

    opening: re.Pattern[str]  # words before the statement that change nothing
    statement: re.Pattern[str]  # "this is not known"
    turn: re.Pattern[str]  # words after which an answer may come all the same
    referral: re.Pattern[str]  # what comes after the turn is only "ask somebody else"


def _rules(opening: str, statement: str, turn: str, referral: str) -> Rules:
    return Rules(*(re.compile(pattern, re.VERBOSE) for pattern in (opening, statement, turn, referral)))


_SOURCE_EN = r"""(?:(?:the|these|those|this|any|of|your|provided|given|available|retrieved)\s)*
                 (?:passage|document|text|context|information|source|excerpt)s?"""
_SOURCE_FR = r"""(?:(?:les|le|ces|ce|aucun|des|vos)\s|l')*
                 (?:passage|document|texte|contexte|information|source|extrait)s?
                 (?:\s(?:fourni|donne|disponible)e?s?)*"""

ENGLISH = _rules(
    opening=r"""
        (?: sorry | i\ ?('?m|am)\ sorry | apologies | i\ apologi[sz]e | unfortunately | well | honestly | answer | and | but | so
          | (?:based\ on|according\ to)\ {_SOURCE_EN} )
        [,.:!]?\s+
    """.replace("{_SOURCE_EN}", _SOURCE_EN),
    statement=r"""
          i\ (?:really\ |honestly\ |just\ |currently\ )?
              (?:do\ not|don'?t|cannot|can'?t|could\ not|couldn'?t|was\ unable\ to|am\ unable\ to|am\ not\ able\ to)\s
              (?:really\ |exactly\ )?
              (?:know|answer|find|say|tell|determine|have\ (?:(?:the|that|this|an|any|enough)\ )*(?:answer|information|data))\b
        | i\ have\ no\ (?:idea|information|answer)\b
        | i(?:'?m|\ am)\ (?:not\ sure|unable\ to\ (?:answer|say|tell|find)|not\ able\ to\ (?:answer|say|tell|find))\b
        | (?:(?:it|this|that|the\ answer)(?:'s|\ is)\ |the\ answer\ )?(?:unknown|not\ known)$
        | (?:(?:it|this|that|the\ (?:answer|information))(?:'s|\ is)\ )?(?:not|nowhere)\s
              (?:(?:mentioned|stated|specified|provided|given|available|found|answered)(?:$|\ (?:in|by|anywhere)\b)
                | (?:there|here|in\ {_SOURCE_EN})$)
        | {_SOURCE_EN}\ (?:do\ not|don'?t|does\ not|doesn'?t)\ (?:\w+ly\ )?
              (?:contain|mention|state|say|provide|specify|include|give|hold|answer|address|indicate|tell|cover|explain|have)\b
        | (?:none|neither)\ of\ {_SOURCE_EN}\ (?:contain|mention|state|say|provide|specif|include|give|hold|answer|tell|cover|explain|ha)
        | there(?:'s|\ is)\ no\ (?:\w+\ )?(?:information|mention|answer|data)\b
        | no\ (?:information|mention|answer)(?:$|\ (?:is\ |was\ )?(?:available|given|provided|found|of|about|on|in)\b)
        | (?:the\ )?(?:question|answer|this|that)\ (?:cannot|can'?t|could\ not)\ be\ (?:answered|determined|found)\b
    """.replace("{_SOURCE_EN}", _SOURCE_EN),
    turn=r"\b(?:but|however|although|though|nevertheless|still|the\ answer\ is|it\ is|it's|probably|perhaps|maybe|my\ (?:best\ )?guess)\b",
    referral=r"""
        ^(?:(?:you|please|we|i|can|could|may|might|should|would|try|to)\s)*
        (?:ask|contact|check|see|refer|consult|write|look|suggest|recommend|call|help)\b
    """,
)

FRENCH = _rules(
    opening=r"""
        (?: (?:je\ suis\ |nous\ sommes\ )?desolee?s? | malheureusement | pardon | helas | reponse | et | mais
          | (?:d'apres|selon)\ {_SOURCE_FR} )
        \s?[,.:!]?\s+
    """.replace("{_SOURCE_FR}", _SOURCE_FR),
    statement=r"""
          (?:je|nous|on)\ (?:ne\ |n'|n'en\ )?(?:sais|savons|sait|connais|trouve|vois|peux|puis|saurais|dispose|ai|peut)\s
              (?:vraiment\ |malheureusement\ )?(?:pas|aucune?|rien)\b
              (?!\s(?:d'autres?|que)\b)
        | j'ignore\b | je\ l'ignore\b | aucune\ idee\b
        | (?:la\ reponse|l'information|cette\ information|cela|ce\ n'est\ pas|c'est)?\s?
              (?:(?:n'est|n'a|ne|n'y)\ (?:\w+\ ){0,3}?)?(?:pas|non|nulle\ part)\s
              (?:ete\ )?(?:precise|mentionne|indique|specifie|connu|fourni|donne|trouve|dans)e?s?\b
        | (?:(?:la\ reponse|elle|c'|il)\ ?est\ )?inconnue?s?$
        | (?:la\ reponse|l'information|cette\ information|cela)\ (?:ne\ figure|n'apparait|ne\ se\ trouve)\ (?:pas|nulle\ part)\b
        | (?:pas|aucune)\ (?:d')?(?:information|reponse|mention|donnee|indication)s?\b
        | {_SOURCE_FR}\ (?:ne|n')\s?(?:\w+\ )?
              (?:contien|mentionne|indique|precise|di[ts]|donne|fourni|repond|permet|parle|comporte)\w*\b
        | il\ n'y\ a\ (?:pas|aucune?)\ (?:d[e'])?\s?(?:information|reponse|mention|donnee|indication)s?\b
        | (?:on\ ne\ peut\ pas|il\ est\ impossible\ de|impossible\ de|impossible\ a)\ (?:repondre|savoir|determiner|dire)\b
    """.replace("{_SOURCE_FR}", _SOURCE_FR),
    turn=r"\b(?:mais|cependant|toutefois|neanmoins|pourtant|la\ reponse\ est|c'est|il\ s'agit|probablement|peut-etre|sans\ doute)\b",
    referral=r"""
        ^(?:(?:vous|tu|je|nous|pouvez|peux|pourriez|devriez|veuillez)\s)*
        (?:demande|contacte|consulte|voir|voyez|adresse|ecri[rv]|appele|verifie|conseille|suggere|recommande)
    """,
)

RULES = {"en": ENGLISH, "fr": FRENCH}
