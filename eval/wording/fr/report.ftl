# Le rapport : titres, colonnes, notes, marques. Les métriques sont dans metric.ftl.
report-title = Quel système répond le mieux ?
report-stands-on = Sur quoi repose ce verdict
report-findings = Les autres constats, en phrases
report-settle = Ce qui trancherait, ou changerait la décision
report-scope = Portée
report-care = À lire avec précaution
report-appendix = Pour les ingénieurs
report-examples = Questions et réponses
report-definitions = Ce que disent les métriques
report-primary = principale
report-source = Source
report-missing = Sans réponse
report-provenance-plan = plan de l’évaluation
report-provenance-engine = moteur
report-provenance-fingerprints = empreintes
report-provenance-versions = versions
report-provenance-environment = environnement
report-provenance-configuration = configuration
report-provenance = D’où viennent ces chiffres
report-yes = oui
report-no = non
report-unknown = indéterminé
report-colon = {" : "}
report-not-applicable = s. o.
report-continued = { $title } (suite)
report-terminal-more = { $count ->
    [0] Passages, définitions et provenance figurent dans les rapports écrits : ragft report RUN --format html
    [one] { COUNT($count) } autre exemple, les passages, les définitions et la provenance figurent dans les rapports écrits : ragft report RUN --format html
   *[other] { COUNT($count) } autres exemples, les passages, les définitions et la provenance figurent dans les rapports écrits : ragft report RUN --format html
}

## La décision
report-decision-rag = RAG
report-decision-finetuned = Réglage fin
report-decision-both = RAG + réglage fin
report-decision-base = Modèle de base
report-decision-equivalent = Équivalents
report-decision-not-enough-evidence = Données insuffisantes

## Portée
report-scope-run = exécution
report-scope-model = modèle
report-scope-engine = moteur
report-scope-precision = précision
report-scope-weights = poids
report-scope-knowledge-base = base de connaissances
report-scope-documents = documents
report-scope-questions = questions
report-scope-facts = faits
report-scope-languages = langues
report-scope-date = date
report-scope-k = passages montrés
report-scope-imported = importé
report-weights-real = réels
report-weights-random = aléatoires

## Chapitres
report-section-scores = Résultats
report-section-contrasts = Écarts
report-section-decision = Solidité de la décision
report-section-slices = Une partie des questions
report-section-why = Pourquoi des réponses sont fausses
report-section-retrieval = Recherche et ancrage
report-section-risk = Ne répondre que lorsqu’on est sûr
report-section-behaviour = Comportement et coût
report-section-unscored = Ce qui n’a pas été noté

## Tableaux
report-table-scores = Résultats des réponses
report-table-seeds = Par graine d’entraînement
report-table-retrieval = Recherche
report-table-grounding = Citations et ancrage
report-table-support = Fréquence à laquelle chaque système est en tête
report-table-contrasts = Contrastes déclarés
report-table-contrasts-detail = Les mêmes en détail
report-table-explorations = Observé aussi, sans avoir été déclaré
report-table-against = À l’encontre de la métrique principale
report-table-margins = La décision avec d’autres marges
report-table-by-exposure = Selon l’exposition à l’entraînement
report-table-by-kind = Selon le type de question
report-table-by-tag = Selon l’étiquette
report-table-by-language = Selon la langue de la question
report-table-by-length = Selon la longueur de la question
report-table-tongues = Le modèle parle-t-il la langue ?
report-table-causes = Causes
report-table-risk = Risque et couverture
report-table-behaviour = Ce que chaque système a fait et consommé
report-table-unscored = Questions sans score

## Colonnes
report-column-system = système
report-column-seed = graine { $seed }
report-column-leads = en tête dans
report-column-contrast = contraste
report-column-difference = écart
report-column-p = p
report-column-p-holm = p (Holm)
report-column-q = q
report-column-won = gagnées / à égalité / perdues
report-column-equivalence = équivalence (90 %)
report-column-verdict = conclusion
report-column-kind = ce qui change
report-column-error = erreur type
report-column-mcnemar = p de McNemar
report-column-smallest = plus petit écart visible
report-column-needed = questions nécessaires
report-column-metric = métrique
report-column-where = questions
report-column-cause = cause
report-column-signal = signal
report-column-area = aire
report-column-at-random = au hasard
report-column-gain = par rapport au hasard
report-column-surest-half = faux dans la moitié la plus sûre
report-column-measure = relevé
report-column-margin = marge en points
report-column-decision = décision
report-column-language = langue
report-column-questions = questions
report-column-spoken = parlée
report-column-declared = déclarées par le modèle
report-column-matching = réponses dans cette langue
report-column-mark = marque
report-column-answer = réponse

## Notes sous les tableaux
report-note-scored = { $questions } questions notées, portant sur { $facts } faits.
report-note-scores = Sous chaque moyenne figure son intervalle à { $level }, calculé par fait. « { $metric } » a été déclarée métrique principale avant l’exécution ; les autres sont exploratoires.
report-note-method = { $mark } signale un autre intervalle : { $method }.
report-note-seeds = Moyennes de « { $metric } », une par graine d’entraînement : de combien le seul hasard de l’entraînement déplace un système.
report-note-retrieval = Mesuré sur les passages de preuve des questions, avant qu’un modèle ne lise quoi que ce soit.
report-note-grounding = Les réponses s’en tiennent-elles aux passages montrés, et leurs citations renvoient-elles aux preuves ?
report-note-support = Part des rééchantillonnages où le système obtient la moyenne la plus haute sur la métrique principale, ex æquo partagés.
report-note-contrasts = Écarts en points de « { $metric } » avec leur intervalle à { $level } ; p par permutation appariée de faits entiers, corrigé selon Holm sur ces contrastes. Les questions notées pour un seul des deux systèmes sont écartées.
report-note-margin = La marge déclarée est de { $margin } points : l’intervalle d’équivalence doit y tenir pour qu’un écart soit dit négligeable.
report-note-contrasts-detail = Un contraste contrôlé ne change qu’une chose ; un contraste composé en change plusieurs et n’est attribué à aucune. McNemar suppose les questions indépendantes. Le plus petit écart visible (en points) et le nombre de questions nécessaires pour la marge valent pour une puissance de 80 %.
report-note-against = Écarts non déclarés, sous un taux de fausses découvertes de 5 %, qui donnent l’avantage à l’autre système que « { $primary } ».
report-note-explorations = Sur { COUNT($tested) } écarts relevés avec d’autres métriques ou sur une partie des questions, { COUNT($found) } { $found ->
    [one] reste
   *[other] restent
} sous un taux de fausses découvertes de 5 % (Benjamini et Hochberg) ; affichés : { COUNT($shown) }. Ils suggèrent quoi tester ensuite et ne décident de rien.
report-note-slice = « { $metric } » avec son intervalle à { $level }.
report-note-by-exposure = Mot pour mot : posée en ces termes à l’entraînement ; reformulée : le même fait en d’autres mots ; jamais vue : le fait n’a pas été appris.
report-note-by-kind = Un système qui s’abstient toujours gagne les questions sans réponse.
report-note-by-tag = Une question compte sous chacune de ses étiquettes.
report-note-by-language = Chaque question compte sous sa propre langue.
report-note-by-length = Longueur de la question, en mots.
report-note-few = Là où figure « peu », il y a trop peu de faits pour un intervalle : ce sont des décomptes à regarder, rien de plus.
report-note-smallest = Plus petits écarts que ces questions peuvent montrer, en points, quand deux systèmes divergent sur { PERCENT(0.2) } d’entre elles : { $listed }.
report-note-tongues = Quand le modèle ne déclare pas de langues, celles de ses réponses en décident.
report-note-causes = Nombre de questions, et leur part. Chaque cause est une règle écrite, appliquée à la trace de la réponse.
report-note-risk = Un système qui ne répond que lorsque le signal est haut se trompe moins : part de réponses fausses, sur une échelle de 100. Aire : moyenne sur toutes les couvertures, plus bas est mieux ; au hasard : avec un signal qui ne sait rien.
report-note-behaviour = Les longueurs sont des moyennes par question ; les débits sont ceux des lots sur la machine de l’exécution.
report-note-latency = La latence a été mesurée à part, une question à la fois.
report-note-no-latency = La latence n’a pas été mesurée : ragft compare --latency N le fait.
report-note-imported = Les réponses de { $system } ont été importées de { $file } et non produites ici : s. o. (sans objet) figure là où le fichier ne dit rien.
report-note-unscored = Combien de questions n’ont pas de score, et pourquoi. Aucune ne compte pour 0. Sans objet : la métrique ne dit rien d’une telle question ou d’un tel système. Non notée : la question n’a pas de réponse connue, le système n’y a pas répondu, ou il manquait à la métrique ce dont elle a besoin, comme un modèle de plongement. Échec : la réponse ou la notation a échoué.
report-note-margins = Ce qui serait décidé si le plus petit écart qui compte était un autre.
report-note-examples = { COUNT($shown) } des { COUNT($all) } questions, réparties régulièrement sur l’exécution.
report-note-marks = ✓ juste, ✗ faux, ○ abstention, · non notée, ! erreur. Ces signes suivent la métrique « { metric-correct } », quelle que soit la métrique principale. Une citation qui ne renvoie à aucun passage est barrée ou signalée.

## Cellules
report-of = { COUNT($part) } sur { COUNT($whole) }
report-on = sur { COUNT($count) }
report-few = peu
report-left-out = { $count ->
    [one] { COUNT($count) } écartée
   *[other] { COUNT($count) } écartées
}
report-sized = { COUNT($questions) } { $questions ->
    [one] question
   *[other] questions
}, { COUNT($facts) } { $facts ->
    [one] fait
   *[other] faits
}
report-edge-floor = plancher
report-edge-ceiling = plafond
report-length = { $words } mots
report-declared = déclarée
report-from-to = de { $low } à { $high }
report-from = à partir de { $low }
report-all-questions = toutes les questions
report-equivalence-shown = équivalents
report-equivalence-not-shown = non démontrée
report-verdict-equivalent = écart négligeable
report-verdict-not-shown = aucun écart démontré
report-verdict-fragile = non démontré : ne tient que sans les échecs
report-verdict-better-plain = { $system } est meilleur
report-verdict-better-within = { $system } est meilleur, de moins que la marge
report-verdict-better-beyond = { $system } est meilleur, de plus que la marge
report-verdict-better-perhaps = { $system } est meilleur, peut-être de moins que la marge
report-verdict-worse-plain = { $system } est moins bon
report-verdict-worse-within = { $system } est moins bon, de moins que la marge
report-verdict-worse-beyond = { $system } est moins bon, de plus que la marge
report-verdict-worse-perhaps = { $system } est moins bon, peut-être de moins que la marge
report-otherwise = avantage { $here } ; « { $primary } » avantage { $favoured }
report-otherwise-open = avantage { $here } ; « { $primary } » penche pour { $favoured }, sans que ce soit démontré

## Ce que changent les contrastes
report-kind-of-contrast-controlled = contrôlé
report-kind-of-contrast-bundled = composé
report-factor-context = contexte
report-factor-adapter = adaptateur
report-factor-model = modèle
report-factor-prompt = prompt
report-factor-retrieval = recherche
report-factor-imported = réponses importées
report-effect-win-share = part gagnée
report-effect-cohens-dz = dz de Cohen
report-effect-cohens-g = g de Cohen
report-effect-odds-ratio = rapport de cotes
report-method-bca = bootstrap accéléré à biais corrigé
report-method-score = intervalle de score de Wilson
report-method-beta = intervalle de Clopper et Pearson, élargi pour les faits
report-method-few-differences = t de Student sur les faits, deux étant ajoutés car peu diffèrent
report-method-student = t de Student sur les faits
report-method-agresti-min = intervalle ajusté d’Agresti et Min
report-method-no-spread = borne exacte, tous les faits étant identiques
report-method-nested = t de Student sur les entraînements (graines ou blocs) et les faits

## Types de questions, exposition, dimensions
report-kind-question = question
report-kind-fact = fait
report-kind-list = liste
report-kind-example = exemple
report-kind-paraphrase = reformulée
report-kind-changed = prémisse modifiée
report-kind-unseen = inédite
report-kind-style = style
report-kind-follow-up = question de suivi
report-kind-two-documents = deux documents
report-kind-injection = injection
report-kind-unanswerable = sans réponse
report-exposure-verbatim = mot pour mot
report-exposure-paraphrase = reformulée
report-exposure-unseen = jamais vue
report-by-exposure = exposition
report-by-kind = type
report-by-tag = étiquette
report-by-language = langue
report-by-length = longueur

## Causes (attribution.ftl dit ce que chacune signifie)
report-cause-correct = juste
report-cause-unscored = non notée
report-cause-error = échec
report-cause-not-retrieved = preuve non retrouvée
report-cause-retrieved-not-read = retrouvée, mais pas lue
report-cause-hallucinated = inventée
report-cause-right-but-mis-scored = juste, mais mal notée
report-cause-gold-doubtful = réponse de référence douteuse
report-cause-should-have-abstained = aurait dû s’abstenir
report-cause-abstained-needlessly = abstention inutile
report-cause-undetermined = indéterminée

## États
report-status-not-applicable = { COUNT($count) } sans objet
report-status-unscored = { $count ->
    [one] { COUNT($count) } non notée
   *[other] { COUNT($count) } non notées
}
report-status-error = { $count ->
    [one] { COUNT($count) } échec
   *[other] { COUNT($count) } échecs
}

## Signaux d’une courbe risque–couverture
report-signal-passage-score = score du meilleur passage
report-signal-groundedness = ancrage

## Comportement
report-measure-answered = questions avec réponse
report-measure-cited = réponses avec citations
report-measure-uncited = réponses sans citation
report-measure-miscited = réponses aux numéros de citation erronés
report-measure-abstentions = abstentions
report-measure-errors = erreurs
report-measure-questions-per-second = questions par seconde
report-measure-tokens-per-second = tokens par seconde
report-measure-latency-p50 = latence, médiane
report-measure-latency-p95 = latence, 95e centile
report-measure-latency-questions = latence, questions posées

## Définitions
report-range-shown = de 0 à 1, affiché de 0 à 100
report-range = de { $low } à { $high }
report-range-open = à partir de { $low }
report-better-higher = plus haut est mieux
report-better-lower = plus bas est mieux

## Le graphique
report-figure = « { $metric } » : moyenne et intervalle à { $level }, par système

## Questions
report-gold = Réponse de référence : { $answers }
report-no-gold = Pas de réponse de référence : la bonne réponse est de s’abstenir
report-tally = { $right ->
    [one] { COUNT($right) } juste sur { COUNT($scored) }
   *[other] { COUNT($right) } justes sur { COUNT($scored) }
}
report-shown-to = { COUNT($count) } { $count ->
    [one] passage montré
   *[other] passages montrés
} à { $systems }
report-no-answer = (pas de réponse)
report-empty-answer = (réponse vide)
report-cut = { $count ->
    [one] … ({ COUNT($count) } caractère omis)
   *[other] … ({ COUNT($count) } caractères omis)
}
report-mark-error = erreur
report-mark-missing = pas de réponse
report-mark-unscored = non notée
report-mark-unscored-abstained = non notée, abstention
report-mark-correct = juste
report-mark-correct-abstained = juste, abstention
report-mark-abstained = abstention
report-mark-incorrect = faux
