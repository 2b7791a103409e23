# Exécutions où chaque question a reçu la réponse d’un modèle entraîné sans elle.
folds-run = Validation croisée : les questions ont été réparties en { COUNT($folds) } blocs, et chacune a reçu la réponse d’un adaptateur entraîné sur { $others ->
    [one] l’autre bloc seulement
   *[other] les { COUNT($others) } autres seulement
} ; aucune n’a donc été vue à l’entraînement.{ $alone ->
    [yes] {" "}Chaque bloc est une seule question (leave-one-out).
   *[no] {""}
}{ $whole ->
    [yes] {" "}Leurs documents ont pu l’être : { $texts } enseigne à partir de ceux de tous les blocs.
   *[no] {""}
} Les scores des systèmes entraînés sont la moyenne de { COUNT($folds) } entraînements sur un peu moins que toutes les questions, et non ceux d’un adaptateur que vous pourriez employer ; ces entraînements ont la plupart de leurs questions en commun, ce dont aucun intervalle ne tient compte.
