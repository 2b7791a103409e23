# Des exécutions qui ne diffèrent que par la graine d’entraînement, réunies.
pooling-differences = Les exécutions réunies diffèrent par autre chose que la graine d’entraînement, et l’ont été malgré tout. Ces différences ont pu peser sur les chiffres autant que la graine. Par exécution, valeur de la première → la sienne : { $differences }.
pooling-unsteady = { $system } n’a pas été réentraîné et devrait répondre de la même façon dans toutes les exécutions réunies, mais { $unsteady ->
    [one] { COUNT($unsteady) } de ses { COUNT($count) } réponses change
   *[other] { COUNT($unsteady) } de ses { COUNT($count) } réponses changent
} de l’une à l’autre. Celles de la première exécution sont retenues.
pooling-exposure = { $questions ->
    [one] { COUNT($questions) } question a été montrée par certains de ces entraînements et non par d’autres, terminés avant d’y arriver. Elle compte comme vue à l’entraînement.
   *[other] { COUNT($questions) } questions ont été montrées par certains de ces entraînements et non par d’autres, terminés avant d’y arriver. Elles comptent comme vues à l’entraînement.
}
