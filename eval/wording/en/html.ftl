# The HTML page: what only a page on a screen says.
html-contents = Contents
html-sure = How sure
html-sure-note = Share of the resampled question sets in which each candidate comes first.
html-to-questions = Look at every question
html-care-more = { $count ->
    [one] One more
   *[other] { COUNT($count) } more
}
html-sort = Sort by { $column }
html-primary = primary

html-questions = Every question
html-questions-note = ✓ correct, ✗ incorrect, ○ abstained, · unscored or no answer, ! error. Marks are by the metric “{ metric-correct }”, whatever the primary metric is. A number in an answer opens the passage that it cites; a struck number points to no passage.
html-no-script = Scripts are off here: { COUNT($shown) } of the { COUNT($total) } questions stand below, picked at even steps. With scripts on, all can be searched and filtered, and tables can be sorted.
html-filter-search = Search in questions and answers
html-filter-kind = Kind
html-filter-exposure = Exposure
html-filter-language = Language
html-filter-tag = Tag
html-filter-cause = Cause
html-filter-cause-system = of
html-filter-any-system = any system
html-filter-system = System
html-filter-state = is
html-filter-and = and
html-filter-reset = Reset
html-filters = Filter the questions
html-preset = { $a } right, { $b } wrong
html-presets = Often asked for
html-more = Show more

html-count = { COUNT($shown) } of { COUNT($total) } questions
html-none-found = No question matches. Reset the filters, or search for less.
html-tally = { COUNT($right) } of { COUNT($total) } correct
html-any-state = any
html-any-kind = any
html-any-exposure = any
html-any-language = any
html-any-tag = any
html-any-cause = any
html-right = correct
html-wrong = incorrect
html-abstained = abstained
html-unscored = unscored
html-error = error
html-missing = no answer
html-empty = (empty answer)
html-gold = Gold answer:
html-gold-none = No gold answer is known: unscored.
html-gold-abstain = No answer is in the documents: the right answer is to abstain.
html-evidence = Evidence:
html-quoted = “{ $text }”
html-passages = Passages that were shown
html-cites = Show passage { $number }
html-cites-nothing = { $number } points to no passage
html-fact = fact
