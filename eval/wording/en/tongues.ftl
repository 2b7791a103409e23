# Small shared words.
questions = { $count ->
    [one] { COUNT($count) } question
   *[other] { COUNT($count) } questions
}
