# Mises en garde : ce qui affaiblit une comparaison sans l’annuler.

cautions-random-weights = Les poids du modèle sont aléatoires (un modèle d’essai) : aucun chiffre ici ne dit rien d’un vrai modèle.
cautions-verified-engine = Les réponses ont été produites par { $engine } en { $precision }. Sur { COUNT($prompts) } prompts de la base { $knowledge_base }, { PERCENT($identical) } de ses réponses sont identiques à celles de la référence en float32, et aucune moyenne n’a bougé au-delà de sa marge.
cautions-precision = Les réponses ont été produites en { $precision }, et non dans la précision de référence float32 : certaines en diffèrent, pour tous les systèmes de la même façon.
cautions-imported = { $system } : réponses importées de { $file } le { $date }, et non produites ici. On ne sait pas avec quel modèle, quels prompts et quels passages elles ont été faites, et rien ne garantit que les réponses attendues étaient hors de sa portée.
cautions-imported-missing = { $system } : { $file } contient des réponses à { COUNT($answered) } questions sur { COUNT($asked) } ; les { COUNT($missing) } autres ne sont pas notées, et non comptées fausses. Si seules les plus faciles lui ont été posées, son score est trop élevé.
cautions-reused = Les réponses de { $systems } sont celles de { $run } : les contrastes qui n’y étaient pas déclarés l’ont été alors que ces réponses étaient connues.
cautions-language-undeclared = Le modèle ne déclare pas la langue « { TONGUE($language) } », celle de { $questions ->
    [one] { COUNT($questions) } question.
   *[other] { COUNT($questions) } questions.
}
cautions-language-unspoken = Langue « { TONGUE($language) } » : seules { COUNT($matching) } réponses sur { COUNT($told) } sont dans la langue de leur question (moins de { PERCENT($threshold) }) ; on considère que le modèle ne la parle pas.
cautions-language-open = Langue « { TONGUE($language) } » : on ne sait pas si le modèle la parle ; il ne déclare aucune langue, et ses réponses ne le disent pas.
cautions-one-seed = { $count ->
    [one] Adaptateur { $adapters } : entraîné avec une seule graine ; le hasard de l’entraînement n’est donc pas dans les intervalles.
   *[other] Adaptateurs { $adapters } : chacun entraîné avec une seule graine ; le hasard de l’entraînement n’est donc pas dans les intervalles.
}
cautions-budgeted = Adaptateur { $adapter } : son entraînement a été limité (arrêté par une limite de temps).{ $left ->
    [0] {""}
   *[other] {" "}Laissé de côté : { $left_out }.
}
cautions-untaught = Adaptateur { $adapter } : d’après son propre contrôle final, l’entraînement ne lui a rien appris.
cautions-untaught-some = Adaptateur { $adapter } : d’après leur propre contrôle final, { COUNT($failed) } de ses { COUNT($trainings) } entraînements ne lui ont rien appris.
cautions-leaks = { $questions ->
    [one] { COUNT($questions) } question de test figurait presque mot pour mot parmi les questions d’entraînement, sous un autre fait (une fuite).
   *[other] { COUNT($questions) } questions de test figuraient presque mot pour mot parmi les questions d’entraînement, sous un autre fait (des fuites).
}
cautions-verbatim = { $questions ->
    [one] { COUNT($questions) } question de test a été apprise dans les mêmes mots : regardez les expositions séparément.
   *[other] { COUNT($questions) } questions de test ont été apprises dans les mêmes mots : regardez les expositions séparément.
}
cautions-few-facts = Les questions portent sur { $facts ->
    [one] { COUNT($facts) } fait seulement
   *[other] { COUNT($facts) } faits seulement
} : à moins de { COUNT($fewest) }, aucun intervalle n’est vraiment sûr.
cautions-uneven-facts = Les questions portent sur { COUNT($facts) } faits, si inégalement qu’ils ne comptent pas pour plus { $carriers ->
    [one] d’un seul
   *[other] de { COUNT($carriers) } faits de même taille
} : tous les chiffres reposent surtout sur quelques-uns.
cautions-unscored = { $questions ->
    [one] { COUNT($questions) } question n’a pas pu être notée
   *[other] { COUNT($questions) } questions n’ont pas pu être notées
} avec { $metric } (aucune réponse connue).
cautions-metric = { $system }, { $metric } : la métrique a échoué sur { $failed ->
    [one] { COUNT($failed) } réponse
   *[other] { COUNT($failed) } réponses
} (première : { $first }). Elles sont laissées de côté, et non comptées comme zéro.
cautions-partly = { $count ->
    [one] { $metrics } laisse de côté des questions qui n’offrent rien à quoi comparer une réponse (jusqu’à { COUNT($most) } par système)
   *[other] { COUNT($count) } métriques laissent de côté des questions qui n’offrent rien à quoi comparer une réponse (jusqu’à { COUNT($most) } par système) : { $metrics }
}. Elles sont comptées dans la partie sur ce qui n’a pas été noté, jamais comme zéro.
cautions-fewer-scored = { $system } a { COUNT($scored) } questions notées avec { $metric } quand un autre système en a { COUNT($most) } : sa moyenne porte sur d’autres questions.
cautions-untestable = Le contraste déclaré { $a } − { $b } n’a pas pu être testé : aucune question n’est notée pour les deux.
cautions-dropped = { $a } − { $b } laisse de côté { $questions ->
    [one] { COUNT($questions) } question, notée
   *[other] { COUNT($questions) } questions, notées
} pour un seul des deux.
cautions-fragile = { $a } − { $b } : écart non tenu pour démontré, car il ne subsiste que si les réponses qui ont échoué sont laissées de côté.
cautions-bundled = Contrastes composés, qui diffèrent par plus d’une chose : { $contrasts }.
cautions-interval = { $systems } : l’intervalle de { $metric } n’est pas un BCa, mais { $method ->
    [score] un intervalle du score (Wilson, par grappes)
    [beta] un intervalle exact (Clopper et Pearson, par grappes)
    [student] un intervalle de Student
    [agresti-min] un intervalle d’Agresti et Min
    [few-differences] un intervalle pour différences rares (Agresti et Min)
    [no-spread] une borne exacte, tous les faits ayant donné la même valeur
    [nested] un intervalle emboîté sur les entraînements (graines ou blocs)
   *[other] { $method }
} : le bootstrap n’est pas fiable sur de tels chiffres.
cautions-abstainer = { $system } doit { COUNT($silent) } de ses { COUNT($correct) } réponses justes à des abstentions sur des questions sans réponse : regardez les types séparément.
cautions-edge = { $edge ->
    [floor] Tous les systèmes sont sous 5 % dans ces sous-ensembles
   *[ceiling] Tous les systèmes dépassent 95 % dans ces sous-ensembles
}, et aucun écart entre eux n’y a été démontré : { $slices } (nombre de questions entre parenthèses).
cautions-errors = { $system } : { $questions ->
    [one] { COUNT($questions) } question a échoué et n’est pas notée
   *[other] { COUNT($questions) } questions ont échoué et ne sont pas notées
} (la première : { $first }).
cautions-citations = { $system } : { $wrong ->
    [one] { COUNT($wrong) } réponse sur { COUNT($cited) } parmi celles qui citent renvoie
   *[other] { COUNT($wrong) } réponses sur { COUNT($cited) } parmi celles qui citent renvoient
} à un passage qui n’a pas été montré.
cautions-cut = { $system } : { $cut ->
    [one] { COUNT($cut) } réponse sur { COUNT($answers) } a été coupée
   *[other] { COUNT($cut) } réponses sur { COUNT($answers) } ont été coupées
} à la limite de tokens.
