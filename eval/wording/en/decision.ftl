# The decision: its headline, what it stands on, what would change it. docs/decision.md has the rule.

## A size in points, for the messages below

decision-margin = { $margin ->
    [0.01] 1 point
   *[other] { SIZE($margin) } points
}

decision-tally = { COUNT($wins) } won, { COUNT($ties) } tied, { COUNT($losses) } lost

## Headlines

decision-winner = { $verdict ->
    [base] Base model
    [rag] RAG
    [finetuned] Fine-tuning
   *[both] RAG + fine-tuning
}: { $system } answers best on these questions ({ $unit ->
    [correct] { PERCENT($level) } correct
    [share] { $metric } { PERCENT($level) }
   *[score] { $metric } { DECIMAL($level, decimals: 2) }
}{ $over ->
    [0] {""}
    [1] ; { POINTS($first_gap) } points over { $first }
    [2] ; { POINTS($first_gap) } points over { $first }, { POINTS($second_gap) } over { $second }
   *[other] ; { POINTS($first_gap) } points over { $first }, { POINTS($second_gap) } over { $second }, more over the rest
}){ $size ->
    [beyond] , by more than the margin of { decision-margin }.
    [perhaps] {""}; whether by more than the margin of { decision-margin } is not shown.
   *[none] .
}
decision-imported-best = Nothing here beats what you have: { $system } answers best ({ $unit ->
    [correct] { PERCENT($level) } correct
    [share] { $metric } { PERCENT($level) }
   *[score] { $metric } { DECIMAL($level, decimals: 2) }
}; { POINTS($gap) } points over { $nearest }, the nearest of the systems tried).
decision-equivalent = Equivalent: { $among } answer equally well on these questions, to within the margin of { decision-margin }. Choose { $simplest }, { $alike ->
    [yes] listed first of the simplest to run
   *[no] the simplest to run
}.{ $beaten ->
    [0] {""}
   *[other] {" "}Shown to be worse: { $out }.
}
decision-undecided = Not enough evidence to choose between { $among }.{ $beaten ->
    [0] {""}
   *[other] {" "}Shown to be worse: { $out }.
}
decision-not-compared = Not enough evidence to choose between { $a } and { $b }: no contrast between them was declared.
decision-untested-rival = Not enough evidence: { $system } scores highest ({ $unit ->
    [correct] { PERCENT($level) } correct
    [share] { $metric } { PERCENT($level) }
   *[score] { $metric } { DECIMAL($level, decimals: 2) }
}), and no contrast between it and { $among } was declared.
decision-circle = Not enough evidence: the contrasts contradict each other. Each of { $systems } is shown to be worse than another.
decision-no-contrast = Not enough evidence: the run declares no contrast between systems to choose from. { $system } scores highest ({ $unit ->
    [correct] { PERCENT($level) } correct
    [share] { $metric } { PERCENT($level) }
   *[score] { $metric } { DECIMAL($level, decimals: 2) }
}), which may be chance.
decision-untestable = Not enough evidence: no declared contrast could be tested, since no question is scored for both of its systems. { $system } scores highest ({ $unit ->
    [correct] { PERCENT($level) } correct
    [share] { $metric } { PERCENT($level) }
   *[score] { $metric } { DECIMAL($level, decimals: 2) }
}), which may be chance.
decision-one-candidate = Not enough evidence: { $system } is the only system to choose from that has a score.
decision-unscored = Not enough evidence: no answer of a system to choose from could be scored on { $metric }.
decision-random-weights = Not enough evidence: the model’s weights are random (a test model), so no figure says anything about a real one.
decision-language-undeclared = Not enough evidence: the questions are in { TONGUE($language) }, which { $model } does not declare (declared: { $declared }).
decision-language-unspoken = Not enough evidence: the model does not speak { TONGUE($language) }; { COUNT($matching) } of { COUNT($told) } answers to questions in that language are in it.
decision-floor = Not enough evidence: all { COUNT($count) } systems are below { PERCENT(0.05) } (the best, { $system }: { $unit ->
    [correct] { PERCENT($level) } correct
    [share] { $metric } { PERCENT($level) }
   *[score] { $metric } { DECIMAL($level, decimals: 2) }
}), and no difference between them that could matter is shown.
decision-ceiling = Not enough evidence to choose, and no need: all { COUNT($count) } systems are above { PERCENT(0.95) } (the lowest, { $system }: { $unit ->
    [correct] { PERCENT($level) } correct
    [share] { $metric } { PERCENT($level) }
   *[score] { $metric } { DECIMAL($level, decimals: 2) }
}), and no difference between them that could matter is shown. Any will do on such questions; the cheapest decides, and { $simplest } is { $alike ->
    [yes] listed first of the simplest to run.
   *[no] the simplest to run.
}

## What the headline stands on

decision-scope = This holds for the model { $model } on the knowledge base { $knowledge_base }: { COUNT($scored) } scored questions of { COUNT($questions) }, on { COUNT($facts) } facts, asked on { $date } (languages: { $languages }). Other models, documents and kinds of question may give another answer.
decision-language-left-out = Nothing may be concluded about { TONGUE($language) }, which the model does not speak; { $questions ->
    [one] { COUNT($questions) } question in it is
   *[other] { COUNT($questions) } questions in it are
} counted in all figures.
decision-choice = Among the systems tried here: { $verdict ->
    [equivalent] { $among } are equivalent; { $system } is the one to take.
    [not-enough-evidence] not enough evidence to choose between { $among }.
   *[other] { $system } answers best.
}
decision-simplest = Simplest first: { $among }. The model alone needs least; retrieval needs an index, which follows the documents without training; fine-tuning needs training again whenever they change; both together need both.{ $alike ->
    [yes] {" "}Of systems that need the same, the one that the run lists first comes first.
   *[no] {""}
}
decision-level = { $system }{ $marked ->
    [bound] {" "}(perfect retrieval, a bound that cannot be deployed)
    [imported] {" "}(imported answers)
   *[candidate] {""}
} { $unit ->
    [correct] answers { COUNT($count) } of { COUNT($questions) } questions correctly ({ PERCENT($level) }; { PERCENT($confidence) } interval { PERCENT($low) } to { PERCENT($high) }).
    [share] has { $metric } on { COUNT($count) } of { COUNT($questions) } questions ({ PERCENT($level) }; { PERCENT($confidence) } interval { PERCENT($low) } to { PERCENT($high) }).
   *[score] has a mean { $metric } of { DECIMAL($level, decimals: 2) } over { COUNT($questions) } questions ({ PERCENT($confidence) } interval { DECIMAL($low, decimals: 2) } to { DECIMAL($high, decimals: 2) }).
}
decision-level-none = { $system } has no answer that could be scored on { $metric } and takes no part.
decision-better = { $a } is better than { $b }, { $size ->
    [beyond] by more than the margin of { decision-margin }
    [within] but by less than the margin of { decision-margin }, too little to matter ({ PERCENT(0.9) } interval { POINTS($same_low, decimals: 1) } to { POINTS($same_high, decimals: 1) }, equivalence { P($same_p) })
    [perhaps] but perhaps by less than the margin of { decision-margin }
   *[none] by whatever amount, since the margin is 0
}: { POINTS($gap, decimals: 1) } points ({ PERCENT($confidence) } interval { POINTS($low, decimals: 1) } to { POINTS($high, decimals: 1) }; Holm { P($p) }); { decision-tally }.
decision-equal = { $a } and { $b } are equivalent: their difference is shown to be smaller than the margin of { decision-margin } ({ PERCENT(0.9) } interval { POINTS($same_low, decimals: 1) } to { POINTS($same_high, decimals: 1) }, equivalence { P($same_p) }). Seen: { POINTS($gap, decimals: 1) } points; { decision-tally }.
decision-open = { $a } and { $b }: neither a difference nor equivalence to within { decision-margin } is shown. Seen: { POINTS($gap, decimals: 1) } points ({ PERCENT($confidence) } interval { POINTS($low, decimals: 1) } to { POINTS($high, decimals: 1) }; Holm { P($p) }; equivalence { P($same_p) }); { decision-tally }.
decision-fragile = { $a } and { $b }: the difference is not counted as shown. It rests on leaving out the answers that failed; counted as 0, they take it away.
decision-bundled = { $a } and { $b } differ in retrieval and fine-tuning at once, so this difference is put down to neither alone.
decision-bundled-settings = { $a } and { $b } differ in several settings ({ $settings }), so this difference is put down to none of them alone.
decision-bundled-alike = { $a } and { $b } are declared alike, so this difference is put down to nothing.
decision-bundled-imported = How imported answers were made is not known, so the difference between { $a } and { $b } is put down to neither retrieval nor fine-tuning.
decision-implied-better = { $a } is better than { $b } too: no contrast declares it, and those with { $through } imply it.
decision-implied-equivalent = { $a } and { $b } are equivalent too: no contrast declares it, and those with { $through } imply it ({ POINTS($low, decimals: 1) } to { POINTS($high, decimals: 1) } points).
decision-untested = Nothing is claimed about { $systems }: no contrast with { $count ->
    [one] it
   *[other] them
} was declared.
decision-support = How sure: { $first } scores highest in { $sure ->
    [yes] more than { PERCENT(0.99) } of the resamples of these facts
   *[no] { PERCENT($share) } of the resamples of these facts, { $second } in { PERCENT($second_share) }
}{ $seeds ->
    [yes] , with the trainings taken as given.
   *[no] .
}
decision-exposure = { $system }: { $unit ->
    [score] { DECIMAL($trained, decimals: 2) } on { COUNT($trained_questions) } questions about trained facts, { DECIMAL($new, decimals: 2) } on { COUNT($new_questions) } about facts never trained.
   *[share] { PERCENT($trained) } of { COUNT($trained_questions) } questions about trained facts, { PERCENT($new) } of { COUNT($new_questions) } about facts never trained.
}
decision-exposure-verbatim = { $system }, trained facts: { $unit ->
    [score] { DECIMAL($same, decimals: 2) } where { COUNT($same_questions) } questions are worded as in training, { DECIMAL($other, decimals: 2) } where { COUNT($other_questions) } are worded otherwise.
   *[share] { PERCENT($same) } of { COUNT($same_questions) } questions worded as in training, { PERCENT($other) } of { COUNT($other_questions) } worded otherwise.
}
decision-seeds = { $system } was trained with { COUNT($count) } seeds; each alone, it scores { $unit ->
    [score] { DECIMAL($lowest, decimals: 2) } to { DECIMAL($highest, decimals: 2) }.
   *[share] { PERCENT($lowest) } to { PERCENT($highest) }.
}

## What would settle it, or change it

decision-settle-questions = { $a } and { $b }: a difference of { decision-margin } needs about { COUNT($needed) } questions ({ COUNT($more) } more, on other facts; 80 % power, at the spread seen).
decision-settle-questions-as-seen = { $a } and { $b }: if the difference stays as seen ({ POINTS($gap, decimals: 1) } points), about { COUNT($needed) } questions tell it from { $farther ->
    [zero] 0
   *[margin] the margin
} ({ COUNT($more) } more, on other facts; 80 % power).
decision-settle-more-seeds = { $a } and { $b }: train with more seeds and compare again; more questions alone may not settle this.
decision-settle-more-folds = { $a } and { $b }: more questions alone may not settle this. Ask a test split of its own of adapters trained with several seeds (ragft train --seeds).
decision-settle-smallest = { $a } and { $b }: with { COUNT($asked) } questions and no margin, the smallest difference that shows is about { POINTS($smallest, decimals: 1) } points. Declare a margin, or ask more questions.
decision-settle-declare = Declare the contrast { $a } − { $b } before the next run.
decision-settle-seeds = Train { $systems } again with two or more other seeds (such as 1 and 2): with one seed, the luck of training is in no interval.
decision-settle-facts = Ask about facts that were never trained: these questions do not tell whether { $systems } would know them.
decision-settle-margin = At a margin of { decision-margin }: { $verdict ->
    [equivalent] equivalent, and { $system } the one to take.
    [not-enough-evidence] not enough evidence.
   *[other] { $system }.
}
decision-settle-no-margin = No margin from { SIZE($lowest) } to { SIZE($highest) } points would change this.
decision-settle-failures = { $contrasts }: find out why answers failed, mend it and compare again; what was seen there holds only without them.
decision-settle-circle = Ask more questions: of contrasts that contradict each other, at least one is wrong by chance.
decision-settle-unscored = Give the questions answers, or mark those that the documents do not answer as unanswerable, and compare again.
decision-settle-random-weights = Name a real model under name in [model], then compare again.
decision-settle-language = Retrieval figures and token counts still hold. To compare answers, name a model that speaks { TONGUE($language) } in [model], by its Hugging Face id (such as mistralai/Mistral-7B-Instruct-v0.3).
decision-settle-one-candidate = Compare two systems or more: name them under systems in [eval].
decision-settle-retrieval = Mend retrieval first: the passages shown hold { PERCENT($found) } of the evidence. Try a larger k or another embedder.
decision-settle-bound = With the right passages in the prompt it can be done: { $system } reaches { $unit ->
    [correct] { PERCENT($level) } correct.
    [share] { $metric } { PERCENT($level) }.
   *[score] { $metric } { DECIMAL($level, decimals: 2) }.
}
decision-settle-floor = Try a larger model or more training, or look with ragft ask whether the answers have the form that the questions expect.
decision-settle-ceiling = Ask harder questions, or ones that the model cannot know, if a difference is to show.
