# La page HTML : ce que seule une page à l’écran dit.
html-contents = Sommaire
html-sure = Degré de certitude
html-sure-note = Part des jeux de questions rééchantillonnés où chaque candidat arrive en tête.
html-to-questions = Voir toutes les questions
html-care-more = { $count ->
    [one] Une autre
   *[other] { COUNT($count) } autres
}
html-sort = Trier selon { $column }
html-primary = principale

html-questions = Toutes les questions
html-questions-note = ✓ juste, ✗ faux, ○ abstention, · non notée ou sans réponse, ! erreur. Ces signes suivent la métrique « { metric-correct } », quelle que soit la métrique principale. Un numéro dans une réponse ouvre le passage qu’il cite ; un numéro barré ne renvoie à aucun passage.
html-no-script = Les scripts sont désactivés : { COUNT($shown) } des { COUNT($total) } questions figurent ci-dessous, prises à intervalles réguliers. Avec les scripts, toutes peuvent être cherchées et filtrées, et les tableaux triés.
html-filter-search = Chercher dans les questions et les réponses
html-filter-kind = Type
html-filter-exposure = Exposition
html-filter-language = Langue
html-filter-tag = Étiquette
html-filter-cause = Cause
html-filter-cause-system = pour
html-filter-any-system = tous les systèmes
html-filter-system = Système
html-filter-state = est
html-filter-and = et
html-filter-reset = Réinitialiser
html-filters = Filtrer les questions
html-preset = { $a } juste, { $b } faux
html-presets = Filtres fréquents
html-more = Afficher la suite

html-count = { COUNT($shown) } sur { COUNT($total) } questions
html-none-found = Aucune question ne correspond. Réinitialisez les filtres ou cherchez moins de mots.
html-tally = justes : { COUNT($right) } sur { COUNT($total) }
html-any-state = tout état
html-any-kind = tous
html-any-exposure = toutes
html-any-language = toutes
html-any-tag = toutes
html-any-cause = toutes
html-right = juste
html-wrong = faux
html-abstained = abstention
html-unscored = non notée
html-error = erreur
html-missing = sans réponse
html-empty = (réponse vide)
html-gold = Réponse de référence :
html-gold-none = Aucune réponse de référence : question non notée.
html-gold-abstain = La réponse n’est pas dans les documents : il faut s’abstenir.
html-evidence = Preuve :
html-quoted = « { $text } »
html-passages = Passages fournis
html-cites = Voir le passage { $number }
html-cites-nothing = { $number } ne renvoie à aucun passage
html-fact = fait
