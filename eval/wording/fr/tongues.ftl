# Petits mots communs.
questions = { $count ->
    [one] { COUNT($count) } question
   *[other] { COUNT($count) } questions
}
