# La décision : son titre, ce qui la fonde, ce qui la changerait. La règle est dans docs/decision.md.

## Une taille en points, pour les messages qui suivent

decision-margin = { $margin ->
    [0.01] 1 point
   *[other] { SIZE($margin) } points
}

decision-tally = { $wins ->
    [one] { COUNT($wins) } question gagnée
   *[other] { COUNT($wins) } questions gagnées
}, { COUNT($ties) } à égalité, { $losses ->
    [one] { COUNT($losses) } perdue
   *[other] { COUNT($losses) } perdues
}

## Titres

decision-winner = { $verdict ->
    [base] Modèle de base
    [rag] RAG
    [finetuned] Réglage fin
   *[both] RAG + réglage fin
} : { $system } répond le mieux à ces questions ({ $unit ->
    [correct] { PERCENT($level) } de réponses justes
    [share] { $metric } : { PERCENT($level) }
   *[score] { $metric } : { DECIMAL($level, decimals: 2) }
}{ $over ->
    [0] {""}
    [1] {" "}; { POINTS($first_gap) } points par rapport à { $first }
    [2] {" "}; { POINTS($first_gap) } points par rapport à { $first }, { POINTS($second_gap) } par rapport à { $second }
   *[other] {" "}; { POINTS($first_gap) } points par rapport à { $first }, { POINTS($second_gap) } par rapport à { $second }, davantage par rapport aux autres
}){ $size ->
    [beyond] , et l’écart dépasse la marge de { decision-margin }.
    [perhaps] {""} ; que l’écart dépasse la marge de { decision-margin } n’a pas été démontré.
   *[none] .
}
decision-imported-best = Rien ici ne fait mieux que ce que vous avez : { $system } répond le mieux ({ $unit ->
    [correct] { PERCENT($level) } de réponses justes
    [share] { $metric } : { PERCENT($level) }
   *[score] { $metric } : { DECIMAL($level, decimals: 2) }
} ; { POINTS($gap) } points par rapport à { $nearest }, le plus proche des systèmes essayés).
decision-equivalent = Équivalents : { $among } répondent aussi bien à ces questions, à la marge de { decision-margin } près. Choisissez { $simplest }, { $alike ->
    [yes] le premier cité parmi les plus simples à exploiter
   *[no] le plus simple à exploiter
}.{ $beaten ->
    [0] {""}
   *[other] {" "}Moins bons, c’est démontré : { $out }.
}
decision-undecided = Les données ne permettent pas de choisir entre { $among }.{ $beaten ->
    [0] {""}
   *[other] {" "}Moins bons, c’est démontré : { $out }.
}
decision-not-compared = Les données ne permettent pas de choisir entre { $a } et { $b } : aucun contraste entre eux n’a été déclaré.
decision-untested-rival = Les données ne permettent pas de choisir : { $system } obtient le meilleur score ({ $unit ->
    [correct] { PERCENT($level) } de réponses justes
    [share] { $metric } : { PERCENT($level) }
   *[score] { $metric } : { DECIMAL($level, decimals: 2) }
}), et aucun contraste avec { $among } n’a été déclaré.
decision-circle = Les données ne permettent pas de choisir : les contrastes se contredisent. Chacun de ces systèmes s’est révélé moins bon qu’un autre : { $systems }.
decision-no-contrast = Les données ne permettent pas de choisir : aucun contraste n’a été déclaré entre des systèmes parmi lesquels choisir. { $system } obtient le meilleur score ({ $unit ->
    [correct] { PERCENT($level) } de réponses justes
    [share] { $metric } : { PERCENT($level) }
   *[score] { $metric } : { DECIMAL($level, decimals: 2) }
}), ce qui peut être dû au hasard.
decision-untestable = Les données ne permettent pas de choisir : aucun des contrastes déclarés n’a pu être testé, faute de questions notées pour les deux systèmes. { $system } obtient le meilleur score ({ $unit ->
    [correct] { PERCENT($level) } de réponses justes
    [share] { $metric } : { PERCENT($level) }
   *[score] { $metric } : { DECIMAL($level, decimals: 2) }
}), ce qui peut être dû au hasard.
decision-one-candidate = Les données ne permettent pas de choisir : { $system } est le seul système éligible qui ait un score.
decision-unscored = Les données ne permettent pas de choisir : aucune réponse d’un système éligible n’a pu être notée avec la métrique { $metric }.
decision-random-weights = Les données ne permettent pas de choisir : les poids du modèle sont aléatoires (un modèle d’essai), et aucun chiffre ne dit rien d’un vrai modèle.
decision-language-undeclared = Les données ne permettent pas de choisir : les questions sont en { TONGUE($language) }, que { $model } ne déclare pas (langues déclarées : { $declared }).
decision-language-unspoken = Les données ne permettent pas de choisir : le modèle ne parle pas { TONGUE($language) } ; { COUNT($matching) } réponses sur { COUNT($told) } à des questions dans cette langue y sont rédigées.
decision-floor = Les données ne permettent pas de choisir : les { COUNT($count) } systèmes sont tous sous { PERCENT(0.05) } (le meilleur, { $system } : { $unit ->
    [correct] { PERCENT($level) } de réponses justes
    [share] { $metric } : { PERCENT($level) }
   *[score] { $metric } : { DECIMAL($level, decimals: 2) }
}), et aucun écart entre eux qui puisse compter n’a été démontré.
decision-ceiling = Les données ne permettent pas de choisir, et ce n’est pas nécessaire : les { COUNT($count) } systèmes dépassent tous { PERCENT(0.95) } (le moins bon, { $system } : { $unit ->
    [correct] { PERCENT($level) } de réponses justes
    [share] { $metric } : { PERCENT($level) }
   *[score] { $metric } : { DECIMAL($level, decimals: 2) }
}), et aucun écart entre eux qui puisse compter n’a été démontré. Pour de telles questions, tous conviennent ; le coût décide, et { $simplest } est { $alike ->
    [yes] le premier cité parmi les plus simples à exploiter.
   *[no] le plus simple à exploiter.
}

## Ce qui fonde le titre

decision-scope = Cela vaut pour le modèle { $model } et la base de connaissances { $knowledge_base } : { COUNT($scored) } questions notées sur { COUNT($questions) }, portant sur { COUNT($facts) } faits, posées le { $date } (langues : { $languages }). D’autres modèles, documents ou types de questions peuvent donner une autre réponse.
decision-language-left-out = { $questions ->
    [one] { COUNT($questions) } question est
   *[other] { COUNT($questions) } questions sont
} dans une langue que le modèle ne parle pas ({ TONGUE($language) }) et pour laquelle on ne peut rien conclure ; tous les chiffres en tiennent compte.
decision-choice = Parmi les systèmes essayés ici : { $verdict ->
    [equivalent] { $among } sont équivalents ; { $system } est celui à retenir.
    [not-enough-evidence] les données ne permettent pas de choisir entre { $among }.
   *[other] { $system } répond le mieux.
}
decision-simplest = Du plus simple au moins simple : { $among }. Le modèle seul demande le moins ; la recherche de passages demande un index, qui suit les documents sans entraînement ; le réglage fin demande un nouvel entraînement à chaque changement des documents ; réunis, ils demandent les deux.{ $alike ->
    [yes] {" "}À besoins égaux, l’ordre est celui dans lequel l’exécution les nomme.
   *[no] {""}
}
decision-level = { $system }{ $marked ->
    [bound] {" "}(recherche parfaite, une borne qui ne peut pas être déployée)
    [imported] {" "}(réponses importées)
   *[candidate] {""}
} { $unit ->
    [correct] répond juste à { $count ->
        [one] { COUNT($count) } question
       *[other] { COUNT($count) } questions
    } sur { COUNT($questions) } ({ PERCENT($level) } ; intervalle à { PERCENT($confidence) } : de { PERCENT($low) } à { PERCENT($high) }).
    [share] remplit { $metric } pour { $count ->
        [one] { COUNT($count) } question
       *[other] { COUNT($count) } questions
    } sur { COUNT($questions) } ({ PERCENT($level) } ; intervalle à { PERCENT($confidence) } : de { PERCENT($low) } à { PERCENT($high) }).
   *[score] obtient pour { $metric } une moyenne de { DECIMAL($level, decimals: 2) } sur { COUNT($questions) } questions (intervalle à { PERCENT($confidence) } : de { DECIMAL($low, decimals: 2) } à { DECIMAL($high, decimals: 2) }).
}
decision-level-none = { $system } n’a aucune réponse qui ait pu être notée avec la métrique { $metric } : il ne participe pas au choix.
decision-better = { $a } fait mieux que { $b }, { $size ->
    [beyond] et l’écart dépasse la marge de { decision-margin }
    [within] mais l’écart est inférieur à la marge de { decision-margin } : trop petit pour compter (intervalle à { PERCENT(0.9) } : de { POINTS($same_low, decimals: 1) } à { POINTS($same_high, decimals: 1) }, équivalence { P($same_p) })
    [perhaps] mais l’écart est peut-être inférieur à la marge de { decision-margin }
   *[none] de combien que ce soit, la marge étant nulle
} : { POINTS($gap, decimals: 1) } points (intervalle à { PERCENT($confidence) } : de { POINTS($low, decimals: 1) } à { POINTS($high, decimals: 1) } ; Holm { P($p) }) ; { decision-tally }.
decision-equal = { $a } et { $b } sont équivalents : il est démontré que leur écart est inférieur à la marge de { decision-margin } (intervalle à { PERCENT(0.9) } : de { POINTS($same_low, decimals: 1) } à { POINTS($same_high, decimals: 1) }, équivalence { P($same_p) }). Écart observé : { POINTS($gap, decimals: 1) } points ; { decision-tally }.
decision-open = { $a } et { $b } : ni un écart ni une équivalence à { decision-margin } près n’a été démontré. Écart observé : { POINTS($gap, decimals: 1) } points (intervalle à { PERCENT($confidence) } : de { POINTS($low, decimals: 1) } à { POINTS($high, decimals: 1) } ; Holm { P($p) } ; équivalence { P($same_p) }) ; { decision-tally }.
decision-fragile = { $a } et { $b } : l’écart n’est pas tenu pour démontré. Il repose sur la mise à l’écart des réponses qui ont échoué ; comptées pour 0, elles le font disparaître.
decision-bundled = { $a } et { $b } diffèrent à la fois par la recherche de passages et par le réglage fin : cet écart n’est attribué à aucun des deux.
decision-bundled-settings = { $a } et { $b } diffèrent par plusieurs réglages ({ $settings }) : cet écart n’est attribué à aucun d’eux en particulier.
decision-bundled-alike = { $a } et { $b } sont déclarés identiques : cet écart n’est attribué à rien.
decision-bundled-imported = On ne sait pas comment les réponses importées ont été produites : l’écart entre { $a } et { $b } n’est attribué ni à la recherche de passages ni au réglage fin.
decision-implied-better = { $a } fait aussi mieux que { $b } : aucun contraste ne le déclare, mais ceux avec { $through } l’impliquent.
decision-implied-equivalent = { $a } et { $b } sont aussi équivalents : aucun contraste ne le déclare, mais ceux avec { $through } l’impliquent (de { POINTS($low, decimals: 1) } à { POINTS($high, decimals: 1) } points).
decision-untested = Rien n’est affirmé sur { $systems } : { $count ->
    [one] aucun contraste n’a été déclaré avec ce système.
   *[other] aucun contraste n’a été déclaré avec ces systèmes.
}
decision-support = Degré de certitude : { $first } obtient le meilleur score dans { $sure ->
    [yes] plus de { PERCENT(0.99) } des rééchantillonnages de ces faits
   *[no] { PERCENT($share) } des rééchantillonnages de ces faits, { $second } dans { PERCENT($second_share) }
}{ $seeds ->
    [yes] , à entraînements donnés.
   *[no] .
}
decision-exposure = { $system } : { $unit ->
    [score] { DECIMAL($trained, decimals: 2) } pour { COUNT($trained_questions) } questions sur des faits appris à l’entraînement, { DECIMAL($new, decimals: 2) } pour { COUNT($new_questions) } sur des faits jamais appris.
   *[share] { PERCENT($trained) } de { COUNT($trained_questions) } questions sur des faits appris à l’entraînement, { PERCENT($new) } de { COUNT($new_questions) } sur des faits jamais appris.
}
decision-exposure-verbatim = { $system }, faits appris : { $unit ->
    [score] { DECIMAL($same, decimals: 2) } pour { COUNT($same_questions) } questions formulées comme à l’entraînement, { DECIMAL($other, decimals: 2) } pour { COUNT($other_questions) } formulées autrement.
   *[share] { PERCENT($same) } de { COUNT($same_questions) } questions formulées comme à l’entraînement, { PERCENT($other) } de { COUNT($other_questions) } formulées autrement.
}
decision-seeds = { $system } a été entraîné avec { COUNT($count) } graines ; chacune seule, son score va de { $unit ->
    [score] { DECIMAL($lowest, decimals: 2) } à { DECIMAL($highest, decimals: 2) }.
   *[share] { PERCENT($lowest) } à { PERCENT($highest) }.
}

## Ce qui permettrait de trancher, ou changerait la décision

decision-settle-questions = { $a } et { $b } : un écart de { decision-margin } demande environ { COUNT($needed) } questions ({ COUNT($more) } de plus, sur d’autres faits ; puissance de { PERCENT(0.8) }, à la dispersion observée).
decision-settle-questions-as-seen = { $a } et { $b } : si l’écart reste celui observé ({ POINTS($gap, decimals: 1) } points), environ { COUNT($needed) } questions le distinguent de { $farther ->
    [zero] 0
   *[margin] la marge
} ({ COUNT($more) } de plus, sur d’autres faits ; puissance de { PERCENT(0.8) }).
decision-settle-more-seeds = { $a } et { $b } : entraînez avec davantage de graines et comparez de nouveau ; des questions de plus n’y suffiraient peut-être pas.
decision-settle-more-folds = { $a } et { $b } : des questions de plus n’y suffiraient peut-être pas. Posez un jeu de test à part à des adaptateurs entraînés avec plusieurs graines (ragft train --seeds).
decision-settle-smallest = { $a } et { $b } : avec { COUNT($asked) } questions et sans marge, le plus petit écart visible est d’environ { POINTS($smallest, decimals: 1) } points. Déclarez une marge, ou posez plus de questions.
decision-settle-declare = Déclarez le contraste { $a } − { $b } avant la prochaine exécution.
decision-settle-seeds = Entraînez de nouveau { $systems } avec au moins deux autres graines (1 et 2, par exemple) : avec une seule graine, le hasard de l’entraînement n’est dans aucun intervalle.
decision-settle-facts = Posez des questions sur des faits jamais appris : celles-ci ne disent pas si { $systems } y répondrait.
decision-settle-margin = À une marge de { decision-margin } : { $verdict ->
    [equivalent] équivalents, et { $system } est celui à retenir.
    [not-enough-evidence] les données ne permettraient pas de choisir.
   *[other] { $system }.
}
decision-settle-no-margin = Aucune marge de { SIZE($lowest) } à { SIZE($highest) } points ne changerait cette décision.
decision-settle-failures = { $contrasts } : cherchez pourquoi des réponses ont échoué, corrigez-en la cause et comparez de nouveau ; ce qui y a été observé ne tient que sans elles.
decision-settle-circle = Posez plus de questions : parmi des contrastes qui se contredisent, au moins un est faux par hasard.
decision-settle-unscored = Donnez des réponses aux questions, ou marquez comme sans réponse celles auxquelles les documents ne répondent pas, puis comparez de nouveau.
decision-settle-random-weights = Indiquez un vrai modèle sous name dans [model], puis comparez de nouveau.
decision-settle-language = Les chiffres de la recherche et le nombre de tokens restent valables. Pour comparer les réponses, indiquez dans [model] un modèle qui parle { TONGUE($language) }, par son identifiant Hugging Face (mistralai/Mistral-7B-Instruct-v0.3, par exemple).
decision-settle-one-candidate = Comparez au moins deux systèmes : nommez-les sous systems dans [eval].
decision-settle-retrieval = Améliorez d’abord la recherche : les passages montrés ne contiennent que { PERCENT($found) } des éléments de preuve. Essayez un k plus grand ou un autre modèle de plongement.
decision-settle-bound = Avec les bons passages dans le prompt, c’est possible : { $system } atteint { $unit ->
    [correct] { PERCENT($level) } de réponses justes.
    [share] { $metric } : { PERCENT($level) }.
   *[score] { $metric } : { DECIMAL($level, decimals: 2) }.
}
decision-settle-floor = Essayez un modèle plus grand ou un entraînement plus long, ou vérifiez avec ragft ask que les réponses ont la forme attendue.
decision-settle-ceiling = Posez des questions plus difficiles, ou auxquelles le modèle ne peut pas répondre seul, pour qu’un écart puisse se voir.
