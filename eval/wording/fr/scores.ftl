# Scores qui demandent un modèle en plus des réponses.
scores-no-embedder = Aucun modèle de plongement couvrant les langues des questions n’était disponible : la proximité de sens n’est pas notée{ $grounded ->
    [yes] {" "}et l’ancrage ne compte que les mots, ce qui donne d’autres valeurs qu’avec un tel modèle
   *[no] { "" }
}. Notez de nouveau cette exécution là où se trouvent les modèles.
